// The Compare page: what runs cost and are worth, and two of them photo by photo.
import { get, trying } from "../asking/api.js";
import { currentRun } from "../asking/current_run.js";
import { newest } from "../asking/latest.js";
import { followRuns } from "../asking/runs.js";
import { Pair } from "../comparing/pair.js";
import { drawPlane } from "../comparing/plane.js";
import { fill, find, make, named } from "../elements/dom.js";
import { counted, megabytes, prefixed, thousands } from "../elements/numbers.js";
import { matcher } from "../elements/search.js";
import { tell } from "../elements/toast.js";

const MOST = 60; // runs in one chart
const AT_FIRST = 12; // the newest
const pair = new Pair();
const drawing = newest();
const costs = new Map(); // id -> {changed, run} with costs
let runs = [];
let shown = null; // ids, or null before anybody chose

async function list(all) {
  runs = all;
  const able = runs.filter((run) => run.ready);
  find("#none").hidden = able.length > 0;
  fill(find("#none"), able.length ? "" : ["There is no run to compare yet. ", make("a", { href: "/train" }, "Train one"), ", then another."]);
  find("#costs").hidden = !able.length;
  shown ??= new Set(able.slice(0, AT_FIRST).map((run) => run.id));
  pair.offer(runs, currentRun());
  await draw();
}

async function draw() {
  const current = drawing();
  const wanted = runs.filter((run) => run.ready && shown.has(run.id));
  const unknown = wanted.filter((run) => costs.get(run.id)?.changed !== run.changed);
  if (unknown.length) {
    const query = unknown.slice(0, MOST).map((run) => `run=${run.id}`).join("&");
    const found = await get(`/api/compare?${query}`);
    for (const run of found.runs) costs.set(run.id, { changed: unknown.find((one) => one.id === run.id)?.changed, run });
  }
  if (!current()) return;
  drawPlane(find("#plane"), wanted.map((run) => costs.get(run.id)?.run ?? run), near);
  const able = runs.filter((run) => run.ready);
  find("#chosen").textContent = `${wanted.length} of ${counted(able.length, "run")} shown`;
  const matches = matcher(find("#search").value);
  const focused = document.activeElement?.closest("#table [data-run]")?.dataset.run;
  fill(find("#table tbody"), able.filter((run) => [run.name, run.model ?? ""].some(matches)).map(row));
  if (focused) find(`#table [data-run="${focused}"] input`)?.focus();
}

function row(run) {
  const known = shown.has(run.id) ? costs.get(run.id)?.run : null;
  const number = (value, text) => make("td", { class: "number" }, Number.isFinite(value) ? text(value) : "");
  const tick = make("input", { type: "checkbox", checked: shown.has(run.id), "aria-label": `Show ${run.name}`, onchange: (event) => {
    if (event.target.checked && shown.size >= MOST) {
      event.target.checked = false;
      tell(`At most ${MOST} runs are shown at once; take another one away first.`, { problem: true });
    } else shown[event.target.checked ? "add" : "delete"](run.id);
    trying(draw);
  } });
  return make("tr", { data: { run: run.id } }, make("td", {}, tick),
    make("td", {}, make("a", { href: `/train?run=${run.id}` }, named(run.name)), known?.problem && make("span", { class: "problem why" }, known.problem)),
    make("td", { class: "number" }, run.score_text ?? ""), make("td", {}, run.model ?? ""),
    make("td", { class: "number" }, known?.input_shape ? known.input_shape.slice(0, 2).join(" × ") : ""),
    number(known?.parameters, thousands), number(known?.multiply_accumulates, prefixed),
    number(known?.weights_bytes, megabytes));
}

function near(id) {
  for (const one of document.querySelectorAll("#table tbody tr")) one.classList.toggle("near", one.dataset.run === id);
}

find("#search").addEventListener("input", () => trying(draw));
trying(followRuns(list));
