// Page 8: Inception, and what it costs.
import { address, get } from "../asking/api.js";
import { latest } from "../asking/latest.js";
import { problemLine, showing } from "../asking/problem.js";
import { fill, make } from "../elements/dom.js";
import { percent, shape, thousands } from "../elements/numbers.js";
import { slider } from "../lessons/fields.js";
import { fetchSprite, image } from "../lessons/sprite.js";

export const inception = {
  id: "inception", name: "Inception", title: "Inception: everything at once, but cheaply",
  build(place, { photo }) {
    const [problem, costProblem, direct, reduced, saved, names, four, totals] = [problemLine(), problemLine(), make("p", { class: "big", role: "status" }), make("p", { class: "big" }), make("p"), make("ol"), make("div"), make("p", { class: "big" }, "Counting …")];
    const fields = {
      rows: slider({ label: "Rows and columns", low: 1, high: 112, value: 28, changed: () => count(), data: { field: "rows" } }),
      channels: slider({ label: "Channels given", low: 1, high: 512, value: 256, changed: () => count(), data: { field: "channels" } }),
      kernel: slider({ label: "Kernel", low: 1, high: 7, step: 2, value: 3, format: (value) => `${value} × ${value}`, changed: () => count(), data: { field: "kernel" } }),
      filters: slider({ label: "Filters", low: 1, high: 512, value: 192, changed: () => count(), data: { field: "filters" } }),
      reduce: slider({ label: "Channels left by the 1 × 1", low: 1, high: 512, value: 128, changed: () => count(), data: { field: "reduce" } }),
    };
    const count = latest(() => showing(costProblem, async () => {
      const { reduce, ...asked } = Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, field.value]));
      const [plain, through] = await Promise.all([get("/api/lecture/cost", asked), get("/api/lecture/cost", { ...asked, reduce })]);
      const out = [asked.rows, asked.rows, asked.filters];
      const [whole, part] = [plain.multiply_accumulates, through.multiply_accumulates];
      fill(direct, `Straight away, to ${shape(out)}: `, make("output", { data: { macs: whole } }, thousands(whole)), " multiplications.");
      fill(reduced, `Through 1 × 1 to ${thousands(reduce)} channels first: ${through.layers.map((layer) => thousands(layer.multiply_accumulates)).join(" + ")} = `, make("output", { data: { reduced: part } }, thousands(part)), ".");
      fill(saved, part < whole ? `That is ${percent(part / whole)} of the work for a result of the same size.` : "Here the detour costs more than it saves.");
    }));
    showing(problem, async () => {
      const found = await fetchSprite(four, address("/api/lecture/branches", { photo }));
      fill(four, image(found.address, "four maps of the photo, side by side"));
      fill(names, found.told.branches.map(({ name, shape: sizes }) => make("li", {}, `${name}: ${shape(sizes)}`)));
      names.after(make("p", {}, `Laid on each other: ${shape(found.told.together)}.`));
      const [google, vgg] = await Promise.all(["googlenet", "vgg16"].map((name) => get("/api/lecture/architecture", { name })));
      fill(totals, "GoogLeNet, built of nine such modules: ", make("output", { data: { parameters: google.parameters } }, thousands(google.parameters)), ` parameters; VGG16 has ${thousands(vgg.parameters)}, ${Math.round(vgg.parameters / google.parameters)} times as many. `,
        `A photo takes it ${thousands(google.multiply_accumulates)} multiply-accumulates, VGG16 ${thousands(vgg.multiply_accumulates)}.`);
    });
    fill(place,
      make("p", {}, "Should the next layer look at one pixel, at 3 × 3, at 5 × 5, or should it pool? An Inception module (2014) does not choose: it does all four, each so padded that rows and columns stay, and lays the results on each other."),
      make("section", { class: "card", "aria-label": "Your photo" }, make("h3", {}, "Four branches on your photo"), problem, four, names),
      make("p", {}, "The trouble is the price of the larger kernels on many channels. So a 1 × 1 convolution makes fewer channels first. Count it:"),
      make("section", { class: "card", "aria-label": "Cost" }, make("div", { class: "fields wide-fields" }, Object.values(fields).map(({ element }) => element)), costProblem, direct, reduced, saved),
      make("section", { class: "card", "aria-label": "All of GoogLeNet" }, totals));
    count();
    return {};
  },
};
