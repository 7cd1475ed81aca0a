// A convolution of a piece of the photo with some of its settings open: what the first four pages share.
import { send } from "../asking/api.js";
import { latest } from "../asking/latest.js";
import { problemLine, showing } from "../asking/problem.js";
import { fill, make } from "../elements/dom.js";
import { Convolution } from "../lessons/convolution.js";
import { Crop } from "../lessons/crop.js";
import { Kernel } from "../lessons/kernel.js";

/**
 * Args: place: an empty element; photo: its id; settings: () => what `/api/convolve` is asked for beside pixels and kernel;
 *   fields: elements that are shown above; kernel: the name of the first kernel; editable: whether it may be changed;
 *   told: called with each answer.
 * Returns {refresh, stop}.
 */
export function bench(place, photo, { settings = () => ({}), fields = [], kernel: name = "sobel-x", editable = false, told = () => {} } = {}) {
  const problem = problemLine();
  const crop = new Crop(() => refresh());
  crop.photo(photo);
  const kernel = new Kernel(() => refresh());
  const stage = make("div");
  const convolution = new Convolution(stage, kernel.element);
  const refresh = latest(() => showing(problem, async () => {
    const found = await send("/api/convolve", { photo, ...crop.asked, kernel: kernel.values, ...settings() });
    crop.show(found.crop);
    convolution.show(found);
    told(found);
  }));
  const above = [editable ? [kernel.presets.element, kernel.size.element] : [], fields].flat();
  fill(place, make("div", { class: "bench" }, make("div", { class: "card" }, crop.element),
    make("div", { class: "card" }, above.length ? make("div", { class: "fields" }, above) : null, problem, stage)));
  showing(problem, async () => { await kernel.load(name); await refresh(); });
  return { refresh, stop: () => convolution.stop() };
}
