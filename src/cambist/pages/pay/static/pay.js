// Hears of an order's changes as they happen, for the pay page.

const ASK_EVERY_MS = 5000;
const ASK_AT_LEAST_EVERY_MS = 40000;

const frame = document.getElementById("frame");

let waitMs = ASK_EVERY_MS;

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
    if (source.readyState === EventSource.CLOSED) setTimeout(ask, waitMs);
  });
}

// When nobody may listen (too many do, or a proxy cuts streams) the page asks, then tries again.
// While nobody answers it keeps what it shows and asks less and less often.
async function ask() {
  const update = await asked();
  if (update) {
    waitMs = ASK_EVERY_MS;
    tell(update);
    listen();
  } else {
    waitMs = Math.min(2 * waitMs, ASK_AT_LEAST_EVERY_MS);
    setTimeout(ask, waitMs);
  }
}

async function asked() {
  try {
    const answer = await fetch(frame.dataset.live, { credentials: "omit", cache: "no-store" });
    return answer.ok ? await answer.json() : null;
  } catch (error) {
    // Nobody answered, or somebody between us did, with a page of his own.
    if (error instanceof TypeError || error instanceof SyntaxError) return null;
    throw error;
  }
}

if (frame && live()) listen();
