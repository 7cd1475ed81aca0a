// The filters of a convolution: the weights on one channel of what it is given.
import { get } from "../asking/api.js";
import { latest } from "../asking/latest.js";
import { problemLine, showing } from "../asking/problem.js";
import { fill, make } from "../elements/dom.js";
import { counted, shape, short, thousands } from "../elements/numbers.js";
import { paint, signed } from "./colours.js";
import { slider } from "./fields.js";
import { pointedAt } from "./pointed.js";

/** Show the filters of a layer in an element. Args: asked: {run or model, layer}. */
export async function showFilters(place, asked) {
  const problem = problemLine();
  const grid = make("div", { class: "maps filters" });
  const words = make("p", { class: "quiet value", role: "status" }, "Point at a filter to read its weights.");
  const title = make("h3");
  const show = (found) => {
    const few = found.filters.length < found.of ? `, the ${found.filters.length} strongest` : "";
    fill(title, `Filters: ${thousands(found.of)} of ${shape([found.rows, found.columns])} on ${counted(found.channels, "channel")}${few}`);
    const limit = Math.max(...found.values.flat(2).map(Math.abs), 1e-9);
    fill(grid, found.filters.map((number, place) => tile(number, found.values[place], limit, words)));
  };
  const ask = (channel) => get("/api/inside/filters", { ...asked, channel });
  const first = await ask(0);
  const channel = slider({
    label: "Channel of the input", low: 0, high: first.channels - 1, value: 0, changed: latest((wanted) => showing(problem, async () => show(await ask(wanted)))),
  });
  fill(place, title, make("p", { class: "quiet" }, "Red weights are above zero, blue ones below."),
    first.channels > 1 && channel.element, problem, grid, words);
  show(first);
}

function tile(number, values, limit, words) {
  const [rows, columns] = [values.length, values[0].length];
  const weights = values.map((line) => line.map(short).join("  ")).join("\n");
  const line = weights.replaceAll("\n", "; ");
  const element = make("button", { type: "button", class: "map", "aria-label": `filter ${number}: ${line}`, title: weights },
    paint(make("canvas", { class: "pixels" }), rows, columns, values.flat(), (value) => signed(value, limit)));
  const say = (more = "") => fill(words, make("b", {}, `Filter ${number}`), more);
  element.addEventListener("focus", () => say(`: ${line}`));
  element.addEventListener("pointermove", (event) => {
    const [row, column] = pointedAt(event, element, rows, columns);
    say(`; row ${row}, column ${column}: ${short(values[row][column])}`);
  });
  return element;
}
