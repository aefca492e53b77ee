// Asks for an order's changes, weighs files and sends forms once, for the case pages.

const ASK_EVERY_MS = 5000;
const ASK_AT_LEAST_EVERY_MS = 40000;

const frame = document.getElementById("frame");

let waitMs = ASK_EVERY_MS;

function live() {
  return document.getElementById("live");
}

// An order may last for a day: asking now and then costs less than listening all the time.
// While nobody answers the page keeps what it shows and asks less and less often.
async function ask() {
  if (!document.hidden) {
    const isAnswered = await hasHeard();
    waitMs = isAnswered ? ASK_EVERY_MS : Math.min(2 * waitMs, ASK_AT_LEAST_EVERY_MS);
  }
  setTimeout(ask, waitMs);
}

async function hasHeard() {
  const url = new URL(frame.dataset.live, location.href);
  url.searchParams.set("seen", live().dataset.version);
  try {
    const answer = await fetch(url, { credentials: "omit", cache: "no-store" });
    if (answer.status === 200) {
      document.dispatchEvent(new CustomEvent("update", { detail: await answer.json() }));
    }
    return answer.ok;
  } catch (error) {
    // Nobody answered, or somebody between us did, with a page of his own.
    if (error instanceof TypeError || error instanceof SyntaxError) return false;
    throw error;
  }
}

// Nobody should wait for a file to be sent only to hear that it is too large.
function weigh(input) {
  const form = input.closest("[data-bytes-max]");
  const tooLarge = [...input.files].some((file) => file.size > Number(form.dataset.bytesMax));
  input.setCustomValidity(tooLarge ? form.dataset.tooLarge : "");
  input.reportValidity();
}

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-bytes-max] input[type=file]")) weigh(event.target);
});

// A form is sent once, however often its button is pressed.
document.addEventListener("submit", (event) => {
  if (event.target.dataset.sent) event.preventDefault();
  event.target.dataset.sent = "yes";
});

// Back from another page, a form may be sent again.
window.addEventListener("pageshow", (event) => {
  if (event.persisted) for (const form of document.forms) delete form.dataset.sent;
});

// What is looked at by us may be over any moment; nobody should have to ask for the page anew.
function isBusy() {
  return document.hidden || document.querySelector("details[open]");
}

async function lookAgain(waiting) {
  if (!isBusy() && (await isThere(waiting.dataset.again)) && !isBusy()) {
    location.replace(waiting.dataset.again);
  }
}

// A page that says we cannot answer is no better than the one that is there.
async function isThere(place) {
  try {
    const answer = await fetch(place, { method: "HEAD", cache: "no-store" });
    return answer.status < 500;
  } catch (error) {
    if (error instanceof TypeError) return false;
    throw error;
  }
}

const waiting = document.querySelector("[data-again]");
if (waiting) setInterval(() => lookAgain(waiting), Number(waiting.dataset.againS) * 1000);

if (frame && live()) setTimeout(ask, ASK_EVERY_MS);
