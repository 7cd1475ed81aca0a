// The plane of runs: accuracy against the work of a photo, a circle a run, its area the parameters.
import { ticks } from "../elements/chart.js";
import { draw, fill } from "../elements/dom.js";
import { prefixed } from "../elements/numbers.js";

const [WIDTH, HEIGHT] = [900, 400];
const [LEFT, RIGHT, TOP, BOTTOM] = [96, 40, 20, 40]; // room for "97.5 %" in a phone's larger letters
const [SMALLEST, LARGEST] = [4, 36]; // pixels of a radius

/** Draw runs of known cost and score into an <svg>; `near(id or null)` is called when the pointer comes near one. */
export function drawPlane(svg, runs, near) {
  const drawn = runs.filter((run) => Number.isFinite(run.score) && run.multiply_accumulates > 0);
  svg.setAttribute("viewBox", `0 0 ${WIDTH} ${HEIGHT}`);
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", `Score by multiply-accumulates: ${drawn.map((run) => `${run.name} ${run.score_text} at ${prefixed(run.multiply_accumulates)}`).join("; ") || "no run is chosen"}`);
  if (!drawn.length) {
    fill(svg, draw("text", { x: WIDTH / 2, y: HEIGHT / 2, "text-anchor": "middle" }, "Choose runs in the table."));
    return;
  }
  const works = drawn.map((run) => Math.log10(run.multiply_accumulates));
  const scores = drawn.map((run) => run.score);
  const [left, right] = [Math.floor(Math.min(...works) - 0.1), Math.ceil(Math.max(...works) + 0.1)];
  const margin = Math.max(0.02, (Math.max(...scores) - Math.min(...scores)) * 0.15);
  const [low, high] = [Math.max(0, Math.min(...scores) - margin), Math.min(1, Math.max(...scores) + margin)];
  const across = (work) => LEFT + ((work - left) / (right - left)) * (WIDTH - LEFT - RIGHT);
  const down = (score) => HEIGHT - BOTTOM - ((score - low) / (high - low || 1)) * (HEIGHT - TOP - BOTTOM);
  const most = Math.max(...drawn.map((run) => run.parameters));
  const powers = Array.from({ length: right - left + 1 }, (_, index) => left + index);
  fill(svg,
    ticks(low, high).map((score) => [
      draw("line", { class: "axis", x1: LEFT, x2: WIDTH - RIGHT, y1: down(score), y2: down(score) }),
      draw("text", { x: LEFT - 8, y: down(score) + 4, "text-anchor": "end" }, `${Number((100 * score).toFixed(1))} %`)]),
    powers.map((power) => [
      draw("line", { class: "axis", x1: across(power), x2: across(power), y1: TOP, y2: HEIGHT - BOTTOM }),
      draw("text", { x: across(power), y: HEIGHT - BOTTOM + 18, "text-anchor": "middle" }, prefixed(10 ** power))]),
    draw("text", { x: WIDTH - RIGHT, y: HEIGHT - 4, "text-anchor": "end" }, "multiply-accumulates a photo"),
    [...drawn].sort((one, other) => other.parameters - one.parameters).map((run) => circle(run, across, down, most, near)));
  partNames([...svg.querySelectorAll(".run text")]);
}

/** Move names down that would lie on others. */
function partNames(names) {
  const placed = [];
  for (const name of names.sort((one, other) => one.y.baseVal[0].value - other.y.baseVal[0].value)) {
    const box = name.getBBox();
    const over = placed.filter((other) => other.x < box.x + box.width && box.x < other.x + other.width);
    const top = Math.max(box.y, ...over.map((other) => other.y + other.height));
    if (top > box.y) name.setAttribute("y", Number(name.getAttribute("y")) + top - box.y);
    placed.push({ x: box.x, y: top, width: box.width, height: box.height });
  }
}

function circle(run, across, down, most, near) {
  const [x, y] = [across(Math.log10(run.multiply_accumulates)), down(run.score)];
  const radius = Math.max(SMALLEST, LARGEST * Math.sqrt(run.parameters / most));
  const right = x > WIDTH - 160;
  const group = draw("g", { class: "run", "data-run": run.id },
    draw("title", {}, `${run.name}: ${run.score_text}, ${prefixed(run.parameters)} parameters, ${prefixed(run.multiply_accumulates)} multiply-accumulates`),
    draw("circle", { cx: x, cy: y, r: radius }),
    draw("text", { x: right ? x - radius - 4 : x + radius + 4, y: y + 4, "text-anchor": right ? "end" : "start" }, run.name.length > 24 ? `${run.name.slice(0, 23)}…` : run.name));
  group.addEventListener("pointerenter", () => near(run.id));
  group.addEventListener("pointerleave", () => near(null));
  return group;
}
