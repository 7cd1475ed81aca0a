// Layers as lines of a table, a bar each for its share.
import { draw, make } from "../elements/dom.js";
import { shape, thousands } from "../elements/numbers.js";

/** Return a table. Args: layers: [{kind, name, shape, parameters, multiply_accumulates}]; key: which of the numbers the bars show; title: of the table. */
export function layerTable(layers, key, title) {
  const most = Math.max(...layers.map((layer) => layer[key]), 1);
  return make("div", { class: "wide", tabindex: 0, role: "region", "aria-label": title }, make("table", { class: "layer-table" },
    make("caption", {}, title),
    make("thead", {}, make("tr", {}, ["Layer", "Gives", "Parameters", "Multiply-accumulates", "Share"].map((name, place) =>
      make("th", { scope: "col", class: place > 1 && place < 4 ? "number" : null }, name)))),
    make("tbody", {}, layers.map((layer) => make("tr", {}, make("td", {}, `${layer.kind || "several"} `, make("span", { class: "quiet" }, layer.name)),
      make("td", {}, layer.shape ? shape(layer.shape) : "–"), make("td", { class: "number" }, thousands(layer.parameters)),
      make("td", { class: "number" }, thousands(layer.multiply_accumulates)),
      make("td", {}, draw("svg", { viewBox: "0 0 100 8", class: "share-bar", "aria-hidden": "true" }, draw("rect", { width: (100 * layer[key]) / most, height: 8 }))))))));
}
