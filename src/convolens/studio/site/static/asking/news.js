// News of the studio, as long as the page is looked at: `onNews("photos", (values) => ...)`.
// A browser keeps six connections to a server for all its pages: one that nobody sees gives its own back.
const HIDDEN = 5000; // milliseconds
const AGAIN = 3000; // milliseconds
const listeners = new Map();
let source = null;
let begun = false;
let lost = false;
let hiding = null;
let connected;

/** Resolves when news come in: what is asked for after that misses nothing. */
export const listening = new Promise((resolve) => { connected = resolve; });

/** Call `listener` with the values of each item of a topic; and with null when news may have been missed: read anew then. */
export function onNews(topic, listener) {
  if (!begun) begin();
  if (!listeners.has(topic)) {
    listeners.set(topic, new Set());
    if (source) hear(topic);
  }
  listeners.get(topic).add(listener);
}

function hear(topic) {
  source.addEventListener(topic, (event) => each(topic, JSON.parse(event.data)));
}

function each(topic, values) {
  for (const listener of listeners.get(topic)) listener(values);
}

function begin() {
  begun = true;
  open();
  window.addEventListener("pagehide", close);
  window.addEventListener("pageshow", open);
  document.addEventListener("visibilitychange", follow);
  follow(); // a page may be opened in a tab behind
}

function follow() {
  clearTimeout(hiding);
  if (document.hidden) hiding = setTimeout(close, HIDDEN);
  else open();
}

function open() {
  if (source) return;
  source = new EventSource("/api/news");
  for (const topic of listeners.keys()) hear(topic);
  source.addEventListener("error", () => {
    lost = true;
    if (source?.readyState !== EventSource.CLOSED) return; // the browser tries again by itself
    close();
    setTimeout(() => { if (!document.hidden) open(); }, AGAIN);
  });
  source.addEventListener("open", () => {
    if (lost) for (const topic of listeners.keys()) each(topic, null);
    lost = false;
    connected();
  });
}

function close() {
  source?.close();
  source = null;
  lost = true;
}
