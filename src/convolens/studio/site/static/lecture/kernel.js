// Page 1: a kernel.
import { fill, make } from "../elements/dom.js";
import { choice } from "../lessons/fields.js";
import { bench } from "./bench.js";

export const kernel = {
  id: "kernel", name: "Kernel", title: "A kernel looks for one thing",
  build(place, { photo }) {
    const activation = choice({ label: "Then", options: [["linear", "nothing"], ["relu", "relu: below zero becomes zero"]], changed: () => made.refresh(), data: { field: "activation" } });
    const work = make("div");
    fill(place,
      make("p", {}, "A photo is a table of numbers: 0 is black, 255 is white. A kernel is a small table of weights. Lay it on the photo, multiply each number with the weight on it, add all products up: that is one number of the feature map. Then slide on by one pixel and do it again."),
      make("p", {}, "Which weights, that is what it looks for. ", make("b", {}, "sobel-x"), " answers where the photo gets brighter to the right (red), and below zero where it gets darker (blue); where nothing changes it says 0. Choose others, or type your own. A network is not given its kernels: training finds them."),
      make("p", {}, "A layer adds one more number to the whole map, its bias, and hands on what is above zero only: that is relu. Where the kernel says “the opposite”, relu makes it “nothing of the kind”."),
      work);
    const made = bench(work, photo, { editable: true, settings: () => ({ activation: activation.value }), fields: [activation.element] });
    return made;
  },
};
