// Keeps an order's page alive: countdown, copying, updates, files too large. It works without.

const ASK_EVERY_MS = 5000;
const SAY_COPIED_MS = 2500;

const frame = document.getElementById("frame");
const announce = document.getElementById("announce");
const plain = { createHTML: (html) => html };
const policy = window.trustedTypes ? window.trustedTypes.createPolicy("cambist-live", plain) : plain;

let clockSeenAt = Date.now();

function live() {
  return document.getElementById("live");
}

function revive() {
  for (const button of document.querySelectorAll("[data-copy]")) button.hidden = false;
  const written = new Intl.DateTimeFormat(frame.dataset.locale, {
    dateStyle: "medium",
    timeStyle: "short",
  });
  for (const time of document.querySelectorAll("time[datetime]")) {
    time.title = time.textContent;
    time.textContent = written.format(new Date(time.dateTime));
  }
  tick();
}

function tick() {
  const clock = document.querySelector(".clock");
  if (!clock) return;
  const now = Number(clock.dataset.now) + (Date.now() - clockSeenAt);
  const left = Math.max(0, Math.floor((Number(clock.dataset.end) - now) / 1000));
  const seconds = String(left % 60).padStart(2, "0");
  clock.querySelector(".left").textContent = `${Math.floor(left / 60)}:${seconds}`;
  clock.querySelector("progress").value = left;
}

function show(update) {
  const old = live();
  if (!old || update.version === old.dataset.version) return;
  const parsed = new DOMParser().parseFromString(policy.createHTML(update.html), "text/html");
  const fresh = document.adoptNode(parsed.getElementById("live"));
  const focused = old.contains(document.activeElement) ? document.activeElement.id : "";
  old.replaceWith(fresh);
  clockSeenAt = Date.now();
  document.title = update.title;
  announce.textContent = update.headline;
  revive();
  if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
}

// An order may last for a day: asking now and then costs less than listening all the time.
async function ask() {
  if (!document.hidden) {
    const url = new URL(frame.dataset.live, location.href);
    url.searchParams.set("seen", live().dataset.version);
    try {
      const answer = await fetch(url, { credentials: "omit", cache: "no-store" });
      if (answer.status === 200) show(await answer.json());
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
    }
  }
  setTimeout(ask, ASK_EVERY_MS);
}

async function copy(button) {
  const says = button.querySelector(".says");
  const before = says.dataset.before ?? says.textContent;
  says.dataset.before = before;
  const copied = await written(button.dataset.copy);
  if (!copied) mark(document.getElementById(button.dataset.source));
  says.textContent = copied ? button.dataset.done : button.dataset.byHand;
  announce.textContent = says.textContent;
  setTimeout(() => {
    says.textContent = before;
  }, SAY_COPIED_MS);
}

async function written(text) {
  if (!navigator.clipboard) return false;
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

function mark(element) {
  const range = document.createRange();
  range.selectNodeContents(element);
  const selection = window.getSelection();
  selection.removeAllRanges();
  selection.addRange(range);
}

// Nobody should wait for a file to be sent only to hear that it is too large.
function weigh(input) {
  const form = input.closest("[data-bytes-max]");
  const tooLarge = [...input.files].some((file) => file.size > Number(form.dataset.bytesMax));
  input.setCustomValidity(tooLarge ? form.dataset.tooLarge : "");
  input.reportValidity();
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-copy]");
  if (button) copy(button);
});

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

if (frame) {
  revive();
  setInterval(tick, 1000);
  if (live()) setTimeout(ask, ASK_EVERY_MS);
}
