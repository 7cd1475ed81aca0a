// Curves as SVG: a few lines over epochs, the best point circled in green, the last in purple.
import { draw, fill } from "./dom.js";

const WIDTH = 640;
const HEIGHT = 260;
const LEFT = 52;
const BOTTOM = 28;
const TOP = 10;
const RIGHT = 12;
export const COLOURS = ["#0b63c5", "#d9730d", "#1a7f37", "#8250df", "#b3261e", "#0f8b8d", "#a0518b", "#6b6f00"];

/** Return round values between two, some five of them. */
export function ticks(low, high, wanted = 5) {
  if (!(high > low)) return [low];
  const rough = (high - low) / wanted;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5, 10].find((factor) => power * factor >= rough) ?? 10);
  const found = [];
  for (let value = Math.ceil(low / step) * step; value <= high + step / 1e6; value += step) found.push(Number(value.toPrecision(12)));
  return found;
}

/**
 * Draw curves into an <svg>.
 * Args: curves: [{name, colour, dashed, points: [[x, y], ...], best: index or null, last: index or null}]; title: for screen readers;
 *   x: the name of the horizontal axis; format: makes a text of a value of y.
 */
export function chart(svg, curves, { title, x = "epoch", format = (value) => String(value) }) {
  const points = curves.flatMap((curve) => curve.points).filter(([, y]) => Number.isFinite(y));
  svg.setAttribute("viewBox", `0 0 ${WIDTH} ${HEIGHT}`);
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", title);
  svg.classList.add("chart");
  if (!points.length) {
    fill(svg, draw("text", { x: WIDTH / 2, y: HEIGHT / 2, "text-anchor": "middle" }, "nothing yet"));
    return;
  }
  const [left, right] = [Math.min(...points.map(([at]) => at)), Math.max(...points.map(([at]) => at))];
  const [low, high] = [Math.min(...points.map(([, y]) => y)), Math.max(...points.map(([, y]) => y))];
  const margin = (high - low) * 0.05 || Math.abs(high) * 0.05 || 1;
  const across = (at) => LEFT + ((at - left) / (right - left || 1)) * (WIDTH - LEFT - RIGHT);
  const down = (y) => TOP + ((high + margin - y) / (high - low + 2 * margin)) * (HEIGHT - TOP - BOTTOM);
  fill(svg,
    ticks(low - margin, high + margin).filter((y) => y >= low - margin && y <= high + margin).map((y) => [
      draw("line", { class: "axis", x1: LEFT, x2: WIDTH - RIGHT, y1: down(y), y2: down(y) }),
      draw("text", { x: LEFT - 6, y: down(y) + 4, "text-anchor": "end" }, format(y))]),
    ticks(left, right, 8).filter((at) => Number.isInteger(at)).map((at) =>
      draw("text", { x: across(at), y: HEIGHT - 10, "text-anchor": "middle" }, String(at))),
    draw("text", { x: WIDTH - RIGHT, y: HEIGHT - 22, "text-anchor": "end" }, x),
    curves.map(({ name, colour, dashed, points: all, best, last }) => {
      const drawn = all.filter(([, y]) => Number.isFinite(y));
      const path = drawn.map(([at, y], index) => `${index ? "L" : "M"}${across(at).toFixed(1)} ${down(y).toFixed(1)}`).join("");
      const spot = (index) => ({ cx: across(all[index][0]), cy: down(all[index][1]) });
      const there = (index) => index !== null && index !== undefined && all[index] && Number.isFinite(all[index][1]);
      return [
        draw("path", { class: "curve", d: path, stroke: colour, "stroke-dasharray": dashed ? "5 4" : null, "data-curve": name }),
        drawn.length === 1 ? draw("circle", { ...spot(all.indexOf(drawn[0])), r: 2.5, fill: colour }) : null,
        there(last) ? draw("circle", { class: "last", ...spot(last), r: 4 }) : null,
        there(best) ? draw("circle", { class: "best", ...spot(best), r: 7 }) : null,
      ];
    }));
}
