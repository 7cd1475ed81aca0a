// Page 7: VGG16.
import { get } from "../asking/api.js";
import { problemLine, showing } from "../asking/problem.js";
import { fill, make } from "../elements/dom.js";
import { percent, thousands } from "../elements/numbers.js";
import { choice } from "../lessons/fields.js";
import { layerTable } from "./layer_table.js";

const SIDES = [224, 112, 56, 28, 14, 7]; // of the maps, after each pooling

export const vgg = {
  id: "vgg", name: "VGG16", title: "VGG16: the same step, again and again",
  build(place, { photo }) {
    const [problem, said, table, sides] = [problemLine(), make("p", { class: "big", role: "status" }, "Counting …"), make("div"), make("div", { class: "pyramid" })];
    const picture = new Image();
    picture.addEventListener("load", () => fill(sides, SIDES.map((side) => {
      const canvas = make("canvas", { class: "pixels", width: side, height: side, role: "img", "aria-label": `the photo at ${side} by ${side}` });
      canvas.getContext("2d").drawImage(picture, 0, 0, side, side);
      return make("figure", {}, canvas, make("figcaption", {}, `${side} × ${side}`));
    })));
    picture.src = `/api/chosen/${photo}?side=224`;
    let found = null;
    const key = choice({ label: "Bars show", options: [["parameters", "parameters"], ["multiply_accumulates", "multiply-accumulates"]], changed: () => { if (found) show(); }, data: { field: "bars" } });
    const show = () => fill(table, layerTable(found.layers, key.value, `VGG16, ${key.value === "parameters" ? "parameters" : "multiply-accumulates"} layer by layer`));
    showing(problem, async () => {
      found = await get("/api/lecture/architecture", { name: "vgg16" });
      const dense = found.layers.filter(({ kind }) => kind === "Dense").reduce((sum, { parameters }) => sum + parameters, 0);
      const work = found.layers.filter(({ kind }) => kind === "Conv2D").reduce((sum, layer) => sum + layer.multiply_accumulates, 0);
      fill(said, make("output", { data: { parameters: found.parameters } }, thousands(found.parameters)), " parameters, of which ", thousands(dense), ` (${percent(dense / found.parameters)}) in the fully connected layers; `,
        thousands(found.multiply_accumulates), ` multiply-accumulates a photo, ${percent(work / found.multiply_accumulates)} of them in the convolutions.`);
      show();
    });
    fill(place,
      make("p", {}, "VGG16 (2014) is built of one idea: kernels of 3 × 3 with a stride of 1 that keep the size, then a pooling that halves it. Two blocks of two convolutions, three blocks of three; the filters double from block to block, 64 to 512, while the maps shrink from 224 × 224 to 7 × 7. Three fully connected layers make the answer."),
      make("section", { class: "card", "aria-label": "Your photo" }, make("h3", {}, "How finely it still sees your photo, from block to block"), sides),
      make("section", { class: "card", "aria-label": "Parameters" }, problem, said, key.element, table),
      make("p", {}, "Look at the bars: nearly all weights lie in one layer, and nearly all the work is done elsewhere. See what it makes of your photo under ", make("a", { href: "/inside?model=vgg16" }, "Inside"), "."));
    return {};
  },
};
