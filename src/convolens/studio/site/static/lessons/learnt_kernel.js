// A kernel of a network of one's own: its run, layer, filter and channel.
import { get, trying } from "../asking/api.js";
import { latest, newest } from "../asking/latest.js";
import { pickRun } from "../asking/runs.js";
import { fill, make } from "../elements/dom.js";
import { whole } from "./fields.js";

/** Return an element that asks for a learnt kernel, and calls `taken(weights)` with it. */
export function learntKernel(taken) {
  const run = make("select", { "aria-label": "Run", data: { field: "run" } });
  const layer = make("select", { "aria-label": "Layer", data: { field: "layer" } });
  const changed = latest(() => trying(async () => {
    const { values } = await get("/api/convolve/learnt", { run: run.value, layer: layer.value, filter: filter.value, channel: channel.value });
    taken(values);
  }));
  const filter = whole({ label: "Filter", low: 0, high: 0, value: 0, changed, data: { field: "filter" } });
  const channel = whole({ label: "Channel", low: 0, high: 0, value: 0, changed, data: { field: "channel" } });
  const fields = make("div", { class: "row" }, run, layer, filter.element, channel.element,
    make("button", { type: "button", onclick: () => changed() }, "Take this kernel"));
  const empty = make("p", { class: "quiet", hidden: true }, "There is no trained network yet: train one on the ", make("a", { href: "/train" }, "Train page"), ".");
  const note = make("p", { class: "quiet" }, "A filter has a kernel for each channel of what it is given and adds up what they find; here is one of them, on 0 to 255.");
  let layers = [];
  const limit = () => {
    const found = layers.find(({ name }) => name === layer.value);
    if (!found) return;
    filter.limit(found.filters - 1);
    channel.limit(found.channels - 1);
    [filter.value, channel.value] = [filter.value, channel.value];
  };
  layer.addEventListener("change", () => { limit(); changed(); });
  const element = make("details", { class: "card" }, make("summary", {}, "A kernel of your own network"), fields, empty, note);
  let asked = false;
  const choosing = newest();
  element.addEventListener("toggle", () => {
    if (asked || !element.open) return;
    asked = true;
    trying(() => pickRun(run, (id) => trying(async () => {
      const current = choosing();
      [fields.hidden, note.hidden, empty.hidden] = [!id, !id, Boolean(id)];
      if (!id) return;
      const found = await get("/api/convolve/layers", { run: id });
      if (!current()) return;
      layers = found.layers.filter(({ shown }) => shown);
      fill(layer, layers.map(({ name, rows, columns, filters }) => make("option", { value: name }, `${name}: ${filters} of ${rows} × ${columns}`)));
      limit();
    })));
  });
  return element;
}
