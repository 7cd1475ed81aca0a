// Page 4: pooling.
import { fill, make } from "../elements/dom.js";
import { choice, slider } from "../lessons/fields.js";
import { bench } from "./bench.js";

export const pooling = {
  id: "pooling", name: "Pooling", title: "Pooling: fewer places, the same finds",
  build(place, { photo }) {
    const refresh = () => made.refresh();
    const kind = choice({ label: "Pooling", options: [["max", "max: the largest"], ["average", "average: the mean"]], changed: refresh, data: { field: "pool" } });
    const window = slider({ label: "Window", low: 1, high: 4, value: 2, changed: refresh, data: { field: "pool-size" } });
    const step = slider({ label: "Step", low: 1, high: 4, value: 2, changed: refresh, data: { field: "pool-stride" } });
    const work = make("div");
    fill(place,
      make("p", {}, "After a convolution it matters that an edge was found, less so at which pixel exactly. Pooling keeps one number of each window: the largest, say, so that what was found anywhere in it is not lost. A window of 2 with a step of 2 leaves a quarter of the numbers for all layers that follow."),
      make("p", {}, "There is nothing to learn in it: no weights. Point at a cell of the pooled map to see which numbers it was chosen from."),
      work);
    const made = bench(work, photo, {
      settings: () => ({ activation: "relu", pool: kind.value, pool_size: window.value, pool_stride: step.value }), fields: [kind.element, window.element, step.element],
    });
    return made;
  },
};
