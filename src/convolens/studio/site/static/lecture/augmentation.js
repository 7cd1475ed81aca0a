// Page 10: augmentation.
import { get } from "../asking/api.js";
import { latest } from "../asking/latest.js";
import { problemLine, showing } from "../asking/problem.js";
import { fill, make } from "../elements/dom.js";
import { whole } from "../lessons/fields.js";
import { Ranges } from "../lessons/ranges.js";
import { Variations } from "../lessons/variations.js";

const SHOWN = ["rotation_range", "width_shift_range", "height_shift_range", "shear_range", "zoom_range", "horizontal_flip", "vertical_flip"];

export const augmentation = {
  id: "augmentation", name: "Augmentation", title: "Augmentation: never the same photo twice",
  build(place, { photo }) {
    const [problem, grid, controls, timed] = [problemLine(), make("div"), make("div", { class: "card" }), make("p", { class: "quiet" })];
    const variations = new Variations(grid);
    let ranges = null;
    const refresh = latest(() => showing(problem, async () => {
      if (!ranges) return;
      const told = await variations.ask({ photo, fields: ranges.fields, seed: seed.value });
      fill(timed, told.described.join("; "), ".");
    }));
    const seed = whole({ label: "Seed", low: 0, high: 1e6, value: 0, changed: refresh, data: { field: "seed" } });
    showing(problem, async () => {
      const found = await get("/api/augment");
      ranges = new Ranges(found.controls.filter(({ name }) => SHOWN.includes(name)), refresh);
      ranges.fields = found.start;
      fill(controls, ranges.element);
      refresh();
    });
    fill(place,
      make("p", {}, "Few photos are learnt by heart soon. But a cat that leans a little, stands elsewhere or looks the other way is still a cat: so each time a photo is shown it is turned, moved, enlarged and mirrored anew, within ranges that you set. The network never sees quite the same photo twice, and has to look at what matters. Photos that it is measured on are left as they are."),
      make("div", { class: "bench" }, controls, make("div", { class: "card" }, seed.element, problem, grid, timed)),
      make("p", {}, "More ranges, and the command and the program that use them: ", make("a", { href: "/augment" }, "Augment"), "."));
    return {};
  },
};
