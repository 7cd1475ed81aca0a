// Loss and accuracy of one run, or of several laid over each other.
import { COLOURS, chart } from "../elements/chart.js";
import { draw, fill, find, make, named } from "../elements/dom.js";

/** Draw the curves. Args: runs: as `/api/runs/RUN` gives them, the one that is looked at first. */
export function drawCurves(runs) {
  const drawn = runs.filter((run) => run.history.some((row) => row.epoch > 0)); // a first answer alone is no curve
  find("#curves").hidden = !drawn.length;
  if (!drawn.length) return;
  for (const [id, measure, format] of [["#accuracy", "accuracy", (value) => `${Number((100 * value).toFixed(2))} %`], ["#loss", "loss", (value) => String(value)]]) {
    chart(find(id), drawn.flatMap((run, index) => curvesOf(run, measure, COLOURS[index % COLOURS.length])), { title: described(drawn, measure), format });
  }
  fill(find("#legend"), drawn.map((run, index) => make("li", {},
    draw("svg", { viewBox: "0 0 16 6", "aria-hidden": "true" }, draw("line", { x1: 0, x2: 16, y1: 3, y2: 3, stroke: COLOURS[index % COLOURS.length], "stroke-width": 3 })),
    " ", named(run.name))));
}

function curvesOf(run, measure, colour) {
  const points = (name) => run.history.filter((row) => row[name] !== null && row[name] !== undefined).map((row) => [row.epoch, row[name]]);
  const seen = points(`val_${measure}`);
  const at = seen.findIndex(([epoch]) => epoch === run.best);
  return [
    { name: `${run.id} ${measure}`, colour, dashed: true, points: points(measure), best: null, last: null },
    { name: `${run.id} val_${measure}`, colour, dashed: false, points: seen, best: at < 0 ? null : at, last: seen.length ? seen.length - 1 : null },
  ];
}

function described(runs, measure) {
  const last = runs.map((run) => {
    const row = [...run.history].reverse().find((one) => Number.isFinite(one[`val_${measure}`]));
    return row ? `${run.name}: ${row[`val_${measure}`]} after epoch ${row.epoch}` : `${run.name}: not validated yet`;
  });
  return `${measure} by epoch; ${last.join("; ")}`;
}
