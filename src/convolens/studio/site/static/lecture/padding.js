// Page 3: padding.
import { fill, make } from "../elements/dom.js";
import { choice } from "../lessons/fields.js";
import { bench } from "./bench.js";
import { formula } from "./formula.js";

export const padding = {
  id: "padding", name: "Padding", title: "Padding: room for the corners",
  build(place, { photo }) {
    const around = choice({ label: "Padding", options: [["same", "same: zeros around"], ["valid", "valid: none"]], changed: () => made.refresh(), data: { field: "around" } });
    const work = make("div");
    fill(place,
      make("p", {}, "A window that has to stay on the photo never has its middle in a corner: each convolution of 3 × 3 costs a row on every side, and after a few layers nothing is left. With zeros around the photo (dashed cells) the map can keep its size."),
      make("p", {}, "“Same” adds as many as are needed for that; where the number is odd, one more goes below and to the right."),
      work, formula({ size: 6, window: 3, stride: 1, padding: "same" }));
    const made = bench(work, photo, { settings: () => ({ padding: around.value }), fields: [around.element], kernel: "gaussian-blur" });
    return made;
  },
};
