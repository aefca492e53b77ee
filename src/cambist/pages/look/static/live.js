// Keeps an order's page alive: countdown, copying, updates. The page works without.
// Whoever hears of an update tells it by an `update` event on the document.

const SAY_COPIED_MS = 2500;

const frame = document.getElementById("frame");
const announce = document.getElementById("announce");
const plain = { createHTML: (html) => html };
const policy = window.trustedTypes ? window.trustedTypes.createPolicy("cambist-live", plain) : plain;

let clockSeenAt = Date.now();

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
  const old = document.getElementById("live");
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

// A frame may not be let near the clipboard: then the text is marked for the visitor to copy.
function mark(element) {
  const range = document.createRange();
  range.selectNodeContents(element);
  const selection = window.getSelection();
  selection.removeAllRanges();
  selection.addRange(range);
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-copy]");
  if (button) copy(button);
});

document.addEventListener("update", (event) => show(event.detail));

if (frame) {
  revive();
  setInterval(tick, 1000);
}
