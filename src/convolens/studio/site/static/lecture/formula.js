// How many places a window has: the formula, worked out by the layers' own rule.
import { get } from "../asking/api.js";
import { latest } from "../asking/latest.js";
import { problemLine, showing } from "../asking/problem.js";
import { fill, make } from "../elements/dom.js";
import { choice, slider } from "../lessons/fields.js";

/** Return an element with sliders for size, kernel, stride and padding. Args: given: {size, window, stride, padding}. */
export function formula({ size = 224, window = 3, stride = 1, padding = "valid" } = {}) {
  const problem = problemLine();
  const said = make("p", { class: "big", role: "status", data: { said: "size" } });
  const refresh = latest(() => showing(problem, async () => {
    const asked = Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, field.value]));
    const found = await get("/api/lecture/size", asked);
    const around = found.before + found.after ? ` With ${found.before} row${found.before === 1 ? "" : "s"} of zeros above and ${found.after} below.` : "";
    fill(said, make("output", { data: { places: found.places } }, `${found.places} × ${found.places}`), ` places: ${found.formula}.${around}`);
  }));
  const fields = {
    size: slider({ label: "Input, rows and columns", low: 1, high: 256, value: size, changed: refresh, data: { field: "size" } }),
    window: slider({ label: "Kernel", low: 1, high: 11, value: window, format: (value) => `${value} × ${value}`, changed: refresh, data: { field: "window" } }),
    stride: slider({ label: "Stride", low: 1, high: 8, value: stride, changed: refresh, data: { field: "stride" } }),
    padding: choice({
      label: "Padding", options: [["valid", "valid: none"], ["same", "same: as many places as steps fit"], ["1", "1 on each side"], ["2", "2 on each side"], ["3", "3 on each side"]],
      value: padding, changed: refresh, data: { field: "padding" },
    }),
  };
  refresh();
  return make("section", { class: "card", "aria-label": "How large is the result?" }, make("h3", {}, "How large is the result?"),
    make("p", { class: "quiet" }, "(size + padding − kernel) / stride + 1, rounded down: for rows, and for columns likewise."),
    make("div", { class: "fields wide-fields" }, Object.values(fields).map(({ element }) => element)), problem, said);
}
