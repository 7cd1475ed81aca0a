// Augment: sliders for every range, and twenty variations of a photo that follow them.
import { get } from "../asking/api.js";
import { latest } from "../asking/latest.js";
import { problemLine, showing } from "../asking/problem.js";
import { copied } from "../elements/copy.js";
import { fill, find, make } from "../elements/dom.js";
import { whole } from "../lessons/fields.js";
import { PhotoPicker } from "../lessons/photo_picker.js";
import { Ranges } from "../lessons/ranges.js";
import { Variations } from "../lessons/variations.js";

const FIRST = 9; // of Keras; the others are folded away
const problem = problemLine();
const grid = make("div");
const variations = new Variations(grid);
const python = copied("Copy as Python", "python");
const command = copied("Copy as command", "command");
const described = make("ul", { class: "described" });
const timed = make("p", { class: "quiet" });
const seed = whole({ label: "Seed", low: 0, high: 2 ** 32 - 1, value: 0, changed: () => refresh(), data: { field: "seed" } });
const another = make("button", { type: "button", onclick: () => { seed.value = Math.floor(Math.random() * 1e6); refresh(); } }, "Draw anew");
let ranges = null;
let start = {};

const refresh = latest(() => showing(problem, async () => {
  if (!ranges || !picker.value) return;
  const { fields } = ranges;
  const mixes = "mixup" in fields || "cutmix" in fields;
  partners.hidden = !mixes;
  if (mixes && !partner.value) await partner.load();
  const told = await variations.ask({ photo: picker.value, partner: mixes ? partner.value : null, fields, seed: seed.value });
  python.text = told.python;
  command.text = told.command;
  fill(described, told.described.map((line) => make("li", {}, line)));
  fill(timed, `Twenty variations of 150 × 150 pixels in ${told.milliseconds} ms. Point at one to read what was drawn for it.`);
}));

const photos = make("div", { class: "card" });
const picker = new PhotoPicker(photos, () => refresh());
const mixed = make("div");
const partner = new PhotoPicker(mixed, () => refresh(), { label: "Photo that is mixed in", parameter: "partner", start: 1 });
const partners = make("div", { class: "card", hidden: true }, make("h2", {}, "The photo that is mixed in"), mixed);
const controls = make("section", { class: "card", "aria-label": "Ranges" });
const reset = (fields) => { ranges.fields = fields; refresh(); };
fill(find("#augment"), photos, partners, make("div", { class: "bench varied" }, controls,
  make("section", { class: "card", "aria-label": "Variations" },
    make("div", { class: "row" }, seed.element, another,
      make("button", { type: "button", onclick: () => reset(start) }, "As in the lecture"),
      make("button", { type: "button", onclick: () => reset({}) }, "All off")),
    problem, grid, timed),
  make("section", { class: "card along", "aria-label": "Take it along" }, make("h2", {}, "What varies"), described,
    make("h2", {}, "Take it along"), command.element, python.element)));

showing(problem, async () => {
  const found = await get("/api/augment");
  start = found.start;
  ranges = new Ranges(found.controls, refresh, FIRST);
  ranges.fields = start;
  fill(controls, make("h2", {}, "Ranges"), ranges.element);
  await picker.load();
});
