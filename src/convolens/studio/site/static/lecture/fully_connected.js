// Page 6: fully connected layers.
import { get } from "../asking/api.js";
import { latest } from "../asking/latest.js";
import { problemLine, showing } from "../asking/problem.js";
import { fill, make } from "../elements/dom.js";
import { shape, thousands } from "../elements/numbers.js";
import { slider } from "../lessons/fields.js";
import { image } from "../lessons/sprite.js";
import { layerTable } from "./layer_table.js";

export const fullyConnected = {
  id: "fully-connected", name: "Fully connected", title: "Fully connected: from maps to an answer",
  build(place, { photo }) {
    const [problem, table, said, own] = [problemLine(), make("div"), make("p", { class: "big", role: "status" }), make("p")];
    const [start, figure] = [32, image(`/api/chosen/${photo}?side=32`, "the photo in few pixels")];
    const fields = [["rows", "Map, rows and columns", 1, 32, 10], ["channels", "Its channels", 1, 512, 50], ["first", "First layer, neurons", 1, 4096, 128], ["second", "Second layer, neurons", 1, 4096, 64], ["classes", "Classes", 2, 1000, 10]]
      .map(([field, label, low, high, value]) => slider({ label, low, high, value, changed: () => count(), format: thousands, data: { field } }));
    const count = latest(() => showing(problem, async () => {
      const [rows, channels, ...units] = fields.map(({ value }) => value);
      const found = await get("/api/lecture/dense", { rows, channels, units });
      fill(said, `${shape([rows, rows, channels])} laid out in a row are `, make("output", { data: { flat: found.layers[0].shape[0] } }, thousands(found.layers[0].shape[0])), " numbers; all layers have ",
        make("output", { data: { parameters: found.parameters } }, thousands(found.parameters)), " parameters.");
      fill(table, layerTable(found.layers, "parameters", "Parameters, layer by layer"));
    }));
    const side = slider({
      label: "Your photo, longer side", low: 4, high: 128, value: start, format: (value) => `${value} pixels`, data: { field: "side" },
      changed: (value) => { figure.src = `/api/chosen/${photo}?side=${value}`; },
    });
    figure.addEventListener("load", () => {
      const [width, height] = [figure.naturalWidth, figure.naturalHeight];
      fill(own, `${shape([height, width, 3])} = ${thousands(3 * width * height)} numbers in a row: for each neuron that reads it, as many weights.`);
    });
    fill(place,
      make("p", {}, "At the end the maps have to become an answer, one number a class. The numbers of all maps are laid out in one row; each neuron of the next layer has a weight for each of them, and a bias. The last layer has a neuron a class, and softmax makes shares of what they say, which add up to 1."),
      make("p", {}, "That is where most parameters of older networks lie: a convolution uses the same few weights at all places, here every number has its own."),
      make("section", { class: "card", "aria-label": "Layers" }, make("div", { class: "fields wide-fields" }, fields.map(({ element }) => element)), problem, said, table),
      make("section", { class: "card", "aria-label": "Your photo" }, make("h3", {}, "Why not on the photo itself?"), side.element, make("div", { class: "small-photo" }, figure), own));
    count();
    return {};
  },
};
