// The Train page: begins trainings, follows the one that is looked at, lists the others.
import { get, trying } from "../asking/api.js";
import { currentRun, setCurrentJob, setCurrentRun } from "../asking/current_run.js";
import { newest } from "../asking/latest.js";
import { listening, onNews } from "../asking/news.js";
import { followRuns } from "../asking/runs.js";
import { find } from "../elements/dom.js";
import { Current } from "../training/current.js";
import { drawCurves } from "../training/curves.js";
import { makeForm } from "../training/form.js";
import { RunList } from "../training/list.js";

let shown = null; // a run, or a training that has no run yet
let seen = []; // [epoch, milliseconds] of epochs that ended before our eyes
const others = new Map(); // runs whose curves are laid over: id -> {changed, run}

const card = new Current((training) => (training ? follow(training) : refresh()));
const list = new RunList((id) => trying(() => look(id)), () => trying(drawAll));

/** A training that has no run yet, in the form of a run. */
const asRun = (training) => ({
  id: null, name: training.name, state: training.state, ready: false, model: null, classes: [], history: [], score: null, of: 0, problem: null,
  findings: [], epoch_events: [], plan: null, measurement: null, report: false, job: training, log: training.log ?? "",
  first_answer: (training.events ?? []).findLast((event) => event.event === "first_answer") ?? null, progress: progressOf(training.events ?? []),
});

/** What is done between the epochs, and how much of it: the last event, where it says that. */
const progressOf = (events) => (events.at(-1)?.event === "progress" ? events.at(-1) : null);

function follow(training) {
  if (training.run && training.kind === "resume") return trying(() => look(training.run));
  looking(); // an answer about the run before comes too late
  shown = asRun(training);
  seen = [];
  setCurrentJob(training.job);
  show();
  find("#current").scrollIntoView({ block: "nearest" });
  return training.run ? trying(() => look(training.run)) : undefined;
}

const looking = newest();

async function look(id) {
  const current = looking();
  const run = await get(`/api/runs/${id}`);
  if (!current()) return;
  if (shown?.id !== id) seen = [];
  shown = run;
  setCurrentRun(id);
  show();
  list.set(list.runs, id);
}

function show() {
  card.show(shown, seen);
  trying(drawAll);
}

const drawing = newest();

async function drawAll() {
  const current = drawing();
  const wanted = [...list.ticked].filter((id) => id !== shown?.id && list.runs.some((run) => run.id === id));
  const runs = await Promise.all(wanted.map(async (id) => {
    const { changed } = list.runs.find((run) => run.id === id);
    if (others.get(id)?.changed !== changed) others.set(id, { changed, run: await get(`/api/runs/${id}`) });
    return others.get(id).run;
  }));
  if (current()) drawCurves(shown?.id ? [shown, ...runs] : runs);
}

/** Show no run where the one that was shown is there no more. */
function forget() {
  looking(); // an answer about it comes too late
  shown = null;
  setCurrentRun(null);
  find("#current").hidden = true;
  trying(drawAll);
}

const readList = followRuns(async (runs) => {
  const lists = (some) => some.some(({ id }) => id === shown?.id);
  const gone = lists(list.runs) && !lists(runs);
  list.set(runs, shown?.id ?? null);
  if (gone) forget();
  else if (list.ticked.size) await drawAll();
});

async function refresh() {
  await trying(async () => {
    await readList();
    if (shown?.id) await look(shown.id);
    else if (shown) await lookAtJob(shown.job.job);
  });
}

async function lookAtJob(job) {
  const current = looking();
  const { trainings } = await get("/api/trainings");
  if (!current()) return;
  const training = trainings.find((one) => one.job === job);
  if (training?.run) await look(training.run);
  else if (training) { shown = asRun(training); show(); }
}

function onRun(item) {
  if (item === null) { refresh(); return; }
  if (item.id !== shown?.id) return;
  if (item.rows_before > shown.history.length || item.state !== shown.state) { trying(() => look(item.id)); return; }
  shown.history = [...shown.history.slice(0, item.rows_before), ...item.rows];
  if (item.rows.length) seen.push([item.rows[item.rows.length - 1].epoch, performance.now()]);
  show();
}

function onJob(item) {
  if (item === null || item.job !== shown?.job?.job || item.kind === "export") return;
  if (!shown.id) { trying(() => lookAtJob(item.job)); return; }
  if (find("#said").open) { trying(() => look(shown.id)); return; }
  shown.job = { ...shown.job, state: item.state, message: item.message };
  if (item.log !== undefined) shown.log = item.log;
  for (const event of item.events) {
    if (event.event === "epoch") {
      shown.epoch_events = [...shown.epoch_events, event];
      if (event.best) shown.best = event.number;
    }
    if (event.event === "plan" || event.event === "measurement") shown[event.event] = event;
  }
  if (item.events.length) shown.progress = progressOf(item.events);
  if (item.state !== "running") trying(() => look(shown.id));
  else show();
}

async function begin() {
  find("#said").addEventListener("toggle", () => { if (find("#said").open && shown?.id) trying(() => look(shown.id)); });
  onNews("run", onRun);
  onNews("job", onJob);
  const [{ trainings }] = await Promise.all([get("/api/trainings"), readList(), makeForm(follow)]);
  await listening;
  const { runs } = list;
  const job = new URLSearchParams(location.search).get("job"); // of a training that another page began
  const begun = trainings.find((one) => one.job === job);
  const asked = runs.find((run) => run.id === currentRun());
  const before = trainings.find((one) => one.state === "running" && !one.run);
  const training = runs.find((run) => run.state === "running");
  if (begun) await lookAtJob(begun.job); // asked for again, now that news come in
  else if (asked) await look(asked.id);
  else if (before) await lookAtJob(before.job);
  else if (training ?? runs[0]) await look((training ?? runs[0]).id);
}

trying(begin);
