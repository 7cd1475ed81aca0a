// News of the studio, as long as the page is open: `onNews("photos", (values) => ...)`.
const listeners = new Map();
let source = null;
let connected;

/** Resolves when news come in: what is asked for after that misses nothing. */
export const listening = new Promise((resolve) => { connected = resolve; });

/** Call `listener` with the values of each item of a topic; and with null when news may have been missed: read anew then. */
export function onNews(topic, listener) {
  if (!source) open();
  if (!listeners.has(topic)) {
    listeners.set(topic, new Set());
    source.addEventListener(topic, (event) => each(topic, JSON.parse(event.data)));
  }
  listeners.get(topic).add(listener);
}

function each(topic, values) {
  for (const listener of listeners.get(topic)) listener(values);
}

function open() {
  source = new EventSource("/api/news");
  let lost = false;
  source.addEventListener("error", () => { lost = true; });
  source.addEventListener("open", () => {
    if (lost) for (const topic of listeners.keys()) each(topic, null);
    lost = false;
    connected();
  });
  window.addEventListener("pagehide", () => source.close());
}
