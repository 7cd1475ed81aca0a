// The filters of a convolution: the weights on one channel of what it is given.
import { get } from "../api.js";
import { fill, make } from "../dom.js";
import { paint, signed } from "./colours.js";
import { slider } from "./fields.js";
import { latest } from "./latest.js";
import { short } from "./numbers.js";
import { problemLine, showing } from "./problem.js";

/** Show the filters of a layer in an element. Args: asked: {run or model, layer}. */
export async function showFilters(place, asked) {
  const problem = problemLine();
  const grid = make("div", { class: "maps filters" });
  const words = make("p", { class: "quiet value", role: "status" }, "Point at a filter to read its weights.");
  const title = make("h3");
  const show = latest((channel) => showing(problem, async () => {
    const found = await get("/api/inside/filters", { ...asked, channel });
    const few = found.filters.length < found.of ? `, the ${found.filters.length} strongest` : "";
    fill(title, `Filters: ${found.of} of ${found.rows} × ${found.columns} on ${found.channels} channel${found.channels === 1 ? "" : "s"}${few}`);
    const limit = Math.max(...found.values.flat(2).map(Math.abs), 1e-9);
    fill(grid, found.filters.map((number, place) => tile(number, found.values[place], limit, words)));
    return found;
  }));
  const first = await get("/api/inside/filters", { ...asked, channel: 0 });
  const channel = slider({ label: "Channel of the input", low: 0, high: first.channels - 1, value: 0, changed: show });
  fill(place, title, make("p", { class: "quiet" }, "Red weights are above zero, blue ones below."),
    first.channels > 1 && channel.element, problem, grid, words);
  await show(0);
}

function tile(number, values, limit, words) {
  const [rows, columns] = [values.length, values[0].length];
  const weights = values.map((line) => line.map(short).join("  ")).join("\n");
  const element = make("button", { type: "button", class: "map", "aria-label": `filter ${number}: ${weights.replaceAll("\n", "; ")}`, title: weights },
    paint(make("canvas", { class: "pixels" }), rows, columns, values.flat(), (value) => signed(value, limit)));
  const say = (more = "") => fill(words, make("b", {}, `Filter ${number}`), more);
  element.addEventListener("focus", () => say(`: ${weights.replaceAll("\n", "; ")}`));
  element.addEventListener("pointermove", (event) => {
    const bounds = element.getBoundingClientRect();
    const at = (share, of) => Math.max(0, Math.min(of - 1, Math.floor(share * of)));
    const row = at((event.clientY - bounds.top) / bounds.height, rows);
    const column = at((event.clientX - bounds.left) / bounds.width, columns);
    say(`; row ${row}, column ${column}: ${short(values[row][column])}`);
  });
  return element;
}
