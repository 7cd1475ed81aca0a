// Shares as bars, the likeliest first.
import { draw, make, named } from "./dom.js";
import { percent } from "./numbers.js";

/** Return a list of bars. Args: answers: [{label, confidence in [0, 1]}]; said: labels that are said, in bold. */
export function bars(answers, said = []) {
  return make("ul", { class: "bars" }, answers.map(({ label, confidence }) => make("li", {},
    make("span", { class: said.includes(label) ? "name said" : "name" }, named(label)),
    make("span", { class: said.includes(label) ? "share said" : "share" }, percent(confidence)),
    draw("svg", { viewBox: "0 0 100 1", preserveAspectRatio: "none", "aria-hidden": "true" },
      draw("rect", { width: 100 * confidence, height: 1 })))));
}
