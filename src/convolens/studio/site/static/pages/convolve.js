// Convolve: a kernel slides over pixels of a photo; each number of the result can be followed.
import { send } from "../asking/api.js";
import { latest } from "../asking/latest.js";
import { problemLine, showing } from "../asking/problem.js";
import { fill, find, make } from "../elements/dom.js";
import { Convolution } from "../lessons/convolution.js";
import { Crop } from "../lessons/crop.js";
import { choice, slider } from "../lessons/fields.js";
import { Kernel } from "../lessons/kernel.js";
import { learntKernel } from "../lessons/learnt_kernel.js";
import { PhotoPicker } from "../lessons/photo_picker.js";

const problem = problemLine();
const crop = new Crop(() => refresh());
const kernel = new Kernel(() => refresh());
const channel = choice({ label: "Colour", options: [["grey", "brightness"], ["red", "red"], ["green", "green"], ["blue", "blue"]], changed: () => refresh(), data: { field: "channel" } });
const stride = slider({ label: "Stride", low: 1, high: 4, value: 1, changed: () => refresh(), data: { field: "stride" } });
const padding = choice({ label: "Padding", options: [["valid", "valid: none"], ["same", "same: zeros around"]], changed: () => refresh(), data: { field: "padding" } });
const activation = choice({ label: "Then", options: [["linear", "nothing"], ["relu", "relu: below zero becomes zero"]], changed: () => refresh(), data: { field: "activation" } });
const pool = choice({ label: "Pooling", options: [["", "none"], ["max", "max: the largest"], ["average", "average: the mean"]], value: "max", changed: () => refresh(), data: { field: "pool" } });
const poolSize = slider({ label: "Window", low: 1, high: 4, value: 2, changed: () => refresh(), data: { field: "pool-size" } });
const poolStride = slider({ label: "Step", low: 1, high: 4, value: 2, changed: () => refresh(), data: { field: "pool-stride" } });
const words = make("p", { class: "quiet" });
const place = make("div");
const convolution = new Convolution(place, kernel.element);

const refresh = latest(() => showing(problem, async () => {
  if (!picker.value) return; // the photos are not there yet
  for (const one of [poolSize, poolStride]) one.input.disabled = !pool.value;
  const found = await send("/api/convolve", {
    photo: picker.value, ...crop.asked, channel: channel.value, kernel: kernel.values, stride: stride.value, padding: padding.value,
    activation: activation.value, pool: pool.value || null, pool_size: poolSize.value, pool_stride: poolStride.value,
  });
  crop.show(found.crop);
  fill(words, `${found.words.replace(/^./, (letter) => letter.toUpperCase())}. Point at a cell of the feature map, move over it with the arrow keys, or press Step or Play.`);
  convolution.show(found);
}));

const photos = make("div", { class: "card" });
const picker = new PhotoPicker(photos, (photo) => { crop.photo(photo); refresh(); });
fill(find("#convolve"), photos, make("div", { class: "bench" },
  make("section", { class: "card", "aria-label": "Pixels" }, make("h2", {}, "Pixels"), crop.element, channel.element),
  make("section", { class: "card stage", "aria-label": "Convolution" }, make("h2", {}, "Convolution"),
    make("div", { class: "fields" }, kernel.presets.element, kernel.size.element, padding.element, activation.element, stride.element),
    make("div", { class: "fields" }, pool.element, poolSize.element, poolStride.element), problem, words, place)),
learntKernel((values) => kernel.set(values)));
showing(problem, async () => { await kernel.load("sobel-x"); await picker.load(); });
