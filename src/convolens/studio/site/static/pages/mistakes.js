// Mistakes: what a run gets wrong, worst first or by pair of classes; suspects of wrong labels; and the run trained again.
import { tellWaiting } from "../answers/nearest.js";
import { get, picture, trying } from "../asking/api.js";
import { followFolder } from "../asking/folder.js";
import { newest } from "../asking/latest.js";
import { onNews } from "../asking/news.js";
import { pickRun } from "../asking/runs.js";
import { fill, find, make, named } from "../elements/dom.js";
import { Meter } from "../elements/meter.js";
import { counted, percent, thousands } from "../elements/numbers.js";
import { trainAgain } from "../mistakes/again.js";
import { lookAt } from "../mistakes/look.js";
import { pairsOf } from "../mistakes/pairs.js";
import { Wall } from "../tiles.js";

const PAGE = 200;
const NONE = {
  mistakes: "No mistakes here: every validation photo that is still in its place is answered rightly.",
  suspects: "No suspects: the photos confirm each other's labels.",
  unsure: "No photo was answered rightly.",
  unknown: "None of the validation photos is called unknown.",
  all: "None of the validation photos is in its place any more; train again.",
};
const state = { run: null, kind: "mistakes", pair: null, summary: null, rows: [], total: 0, reading: Promise.resolve(), missed: false };
const asking = newest();
const meter = new Meter();

const wall = new Wall(find("#wall"), {
  load: (start, count) => rowsOf(start, count),
  tile: (row) => ({
    children: [row.photo ? make("img", { src: picture(row.photo, 192), alt: "", loading: "lazy" }) : make("span", { class: "picture" }),
      make("span", { class: "caption" }, named(row.label), row.right ? " " : [" → ", named(row.said), " "], percent(row.confidence, 0))],
    label: `${row.name}: labelled ${row.label}, ${state.kind === "suspects" ? "rather" : "the run says"} ${row.said}, ${percent(row.confidence)}`,
    class: row.right ? "" : "wrong",
  }),
  open: (row, at) => lookAt(at, looked),
  size: { width: 150, height: 170 },
  page: PAGE,
});

const looked = {
  get run() { return state.run; },
  get classes() { return state.summary?.classes ?? []; },
  get several() { return state.summary?.several ?? false; },
  get classesNow() { return state.summary?.classes_now ?? []; },
  get keepStays() { return state.kind !== "suspects"; },
  total: () => state.total,
  item: async (at) => (await rowsOf(at, 1))[0],
  changed: () => reload(),
  closed: (at) => {
    if (state.missed) reload();
    state.missed = false;
    wall.at = at;
    if (state.total) wall.focus();
  },
};

async function rowsOf(start, count) {
  await state.reading;
  if (state.kind === "suspects") return state.rows.slice(start, start + count);
  const { rows } = await get("/api/mistakes/rows", { run: state.run, kind: state.kind, ...(state.pair ?? {}), start, count });
  return rows;
}

/** Read anew what the wall shows; whoever asks for its rows meanwhile waits. */
function reload() {
  state.reading = read();
  return state.reading;
}

async function read() {
  const current = asking();
  const { run, kind, pair } = state;
  find("#about").textContent = "";
  meter.element.hidden = kind !== "suspects" && kind !== "unknown";
  meter.show("Looking at the photos; what is computed is kept …");
  try {
    const [summary, found] = await Promise.all([
      get("/api/mistakes", { run }),
      kind === "suspects" ? get("/api/mistakes/suspects", { run }) : get("/api/mistakes/rows", { run, kind, ...pair, count: 1 }),
    ]);
    if (!current()) return;
    const total = kind === "suspects" ? found.rows.length : found.total;
    Object.assign(state, { summary, rows: found.rows, total }); // rows: of suspects all, else one
    find("#about").textContent = total ? aboutOf(kind, found) : NONE[kind];
    say(summary);
  } catch (error) {
    if (!current()) return;
    Object.assign(state, { summary: null, rows: [], total: 0 });
    fill(find("#about"), error.message);
    fill(find("#said"));
    fill(find("#pairs"));
  }
  meter.element.hidden = true;
  wall.reset(state.total);
}

function aboutOf(kind, found) {
  if (kind !== "suspects") return `${counted(found.total, "photo")}${state.pair ? ` of ${state.pair.label} taken for ${state.pair.said}` : ""}. Open one by click or Enter.`;
  const kept = found.kept ? ` ${counted(found.kept, "label")} you kept ${found.kept === 1 ? "is" : "are"} left out.` : "";
  return `${counted(found.rows.length, "suspect")} among ${counted(found.photos, "photo")}, by ${found.by}: the class after the arrow is what the other photos speak for.${kept}`;
}

function say(summary) {
  const share = summary.photos ? ` (${percent(summary.wrong / summary.photos)})` : "";
  fill(find("#said"), `${thousands(summary.wrong)} of ${counted(summary.photos, "validation photo")} ${summary.wrong === 1 ? "is" : "are"} answered wrongly${share}.`,
    summary.gone > 0 && ` ${counted(summary.gone, "photo")} moved or set aside since: train again to hear what the run makes of that.`,
    summary.outside > 0 && make("span", { class: "problem" }, ` ${counted(summary.outside, "photo")} of this run lie outside of the open folder, in `, named(summary.data), "."));
  fill(find("#pairs"), state.kind === "mistakes" ? pairsOf(summary, state.pair, (pair) => { state.pair = pair; reload(); }) : null);
}

/** Read anew, but what is looked at stays where it is until it is closed. */
function outdated() {
  state.missed = find("#look").open;
  if (state.run !== null && !state.missed) reload();
}

async function choose(run) {
  Object.assign(state, { run, pair: null });
  find("#empty").hidden = run !== null;
  find("#page").hidden = run === null;
  if (run !== null) await reload();
}

find("#kind").addEventListener("change", (event) => {
  Object.assign(state, { kind: event.target.value, pair: null });
  reload();
});
trainAgain(() => state.run, ({ run, name }) => {
  const select = find("#run");
  if (![...select.options].some(({ value }) => value === run)) select.prepend(make("option", { value: run }, name)); // its news bring its score
  select.value = run;
  select.dispatchEvent(new Event("change"));
});
find("#about").after(meter.element);
onNews("work", (values) => { if (values?.page === "mistakes") meter.show(values.title, values.done, values.total); });
onNews("photos", outdated);
onNews("runs", () => { if (state.run !== null && state.summary === null) reload(); }); // the training may have ended
followFolder();
tellWaiting("mistakes");
trying(() => pickRun(find("#run"), choose, outdated));
