// Page 5: 1x1 convolutions.
import { address, get } from "../asking/api.js";
import { latest } from "../asking/latest.js";
import { problemLine, showing } from "../asking/problem.js";
import { fill, make } from "../elements/dom.js";
import { shape, short, thousands } from "../elements/numbers.js";
import { slider } from "../lessons/fields.js";
import { fetchSprite, image } from "../lessons/sprite.js";

export const oneByOne = {
  id: "one-by-one", name: "1 × 1", title: "1 × 1: a kernel of one pixel",
  build(place, { photo }) {
    const [problem, costProblem, picture, sum, costs] = [problemLine(), problemLine(), make("div", { class: "pair" }), make("p", { class: "sum big" }), make("p", { class: "big", role: "status" })];
    const weights = [["red", 0.299], ["green", 0.587], ["blue", 0.114]].map(([label, value]) =>
      slider({ label: `Weight of ${label}`, low: -1, high: 1, step: 0.001, value, changed: () => refresh(), data: { field: label } }));
    const refresh = latest(() => showing(problem, async () => {
      const [red, green, blue] = weights.map(({ value }) => value);
      const found = await fetchSprite(picture, address("/api/lecture/mixed", { photo, red, green, blue }));
      const { before, after, values, row, column, sum: total } = found.told;
      fill(picture, make("figure", {}, image(`/api/chosen/${photo}?side=256`, "the photo"), make("figcaption", {}, shape(before))),
        make("figure", {}, image(found.address, "one map of it"), make("figcaption", {}, shape(after))));
      fill(sum, `Row ${row}, column ${column}: `, values.map((value, at) => `${at ? " + " : ""}${short(value)} × ${short(weights[at].value)}`), " = ", make("output", { data: { sum: total } }, short(total)));
    }));
    const fields = {
      rows: slider({ label: "Rows and columns", low: 1, high: 112, value: 28, changed: () => count(), data: { field: "rows" } }),
      channels: slider({ label: "Channels before", low: 1, high: 512, value: 256, changed: () => count(), data: { field: "channels" } }),
      filters: slider({ label: "Channels after", low: 1, high: 512, value: 128, changed: () => count(), data: { field: "filters" } }),
    };
    const count = latest(() => showing(costProblem, async () => {
      const [rows, channels, filters] = Object.values(fields).map(({ value }) => value);
      const found = await get("/api/lecture/cost", { rows, channels, filters, kernel: 1 });
      fill(costs, `${shape([rows, rows, channels])} becomes ${shape([rows, rows, filters])}: `, make("output", { data: { macs: found.multiply_accumulates } }, thousands(found.multiply_accumulates)), ` multiply-accumulates, ${thousands(found.parameters)} parameters.`);
    }));
    fill(place,
      make("p", {}, "A kernel of one pixel sees nothing of the neighbours. What it can do: mix the channels of its pixel. Of a photo's red, green and blue it makes one number, and your photo becomes one map, as bright as you set each colour."),
      make("section", { class: "card", "aria-label": "Your photo" }, make("div", { class: "fields wide-fields" }, weights.map(({ element }) => element)), problem, picture, sum),
      make("p", {}, "Deep in a network a pixel has hundreds of channels. As many such kernels as one likes make fewer of them, rows and columns stay: the cheap way to get thinner before something expensive."),
      make("section", { class: "card", "aria-label": "What it costs" }, make("div", { class: "fields wide-fields" }, Object.values(fields).map(({ element }) => element)), costProblem, costs));
    refresh();
    count();
    return {};
  },
};
