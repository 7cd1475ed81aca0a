// Page 2: the stride.
import { fill, make } from "../elements/dom.js";
import { slider } from "../lessons/fields.js";
import { bench } from "./bench.js";
import { formula } from "./formula.js";

export const stride = {
  id: "stride", name: "Stride", title: "The stride: how far each step goes",
  build(place, { photo }) {
    const step = slider({ label: "Stride", low: 1, high: 4, value: 2, changed: () => made.refresh(), data: { field: "step" } });
    const work = make("div");
    fill(place,
      make("p", {}, "The kernel need not move by one pixel. With a stride of 2 it skips every other place, so the map has half the rows and half the columns, and a quarter of the work. Play it, and watch the window jump."),
      work, formula({ size: 224, window: 3, stride: 2 }));
    const made = bench(work, photo, { settings: () => ({ stride: step.value }), fields: [step.element] });
    return made;
  },
};
