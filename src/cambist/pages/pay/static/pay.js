// Hears of an order's changes as they happen, for the pay page.

const ASK_EVERY_MS = 5000;

const frame = document.getElementById("frame");

function live() {
  return document.getElementById("live");
}

function tell(update) {
  document.dispatchEvent(new CustomEvent("update", { detail: update }));
}

function listen() {
  const url = `${frame.dataset.events}&seen=${encodeURIComponent(live().dataset.version)}`;
  const source = new EventSource(url);
  source.addEventListener("update", (event) => tell(JSON.parse(event.data)));
  source.addEventListener("error", () => {
    if (source.readyState === EventSource.CLOSED) setTimeout(ask, ASK_EVERY_MS);
  });
}

// When nobody may listen (too many do, or a proxy cuts streams) the page asks, then tries again.
async function ask() {
  try {
    const answer = await fetch(frame.dataset.live, { credentials: "omit", cache: "no-store" });
    if (answer.ok) tell(await answer.json());
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
  }
  listen();
}

if (frame && live()) listen();
