// The Take away page: a run as a file for other programs, made by a process of its own, fetched as one zip.
import { get, send, trying } from "../asking/api.js";
import { newest } from "../asking/latest.js";
import { listening, onNews } from "../asking/news.js";
import { pickRun } from "../asking/runs.js";
import { fill, find, make, named } from "../elements/dom.js";
import { megabytes } from "../elements/numbers.js";
import { checks } from "../exporting/checks.js";

let run = null;
let formats = [];
let job = null;

const chosen = (name) => find(`[name=${name}]:checked`)?.value;

async function begin() {
  onNews("job", onJob);
  await listening;
  const offered = await get("/api/exports/formats");
  ({ formats } = offered);
  fill(find("#formats"), formats.map((one, index) => make("label", { class: "choice" },
    make("input", { type: "radio", name: "format", value: one.name, checked: index === 0, onchange: showPrecisions }),
    make("strong", {}, one.title), make("span", { class: "help" }, one.purpose))));
  fill(find("#precisions"), Object.entries(offered.precisions).map(([name, text], index) => make("label", {},
    make("input", { type: "radio", name: "precision", value: name, checked: index === 0 }), make("span", {}, make("strong", {}, name), `: ${text}`))));
  showPrecisions();
  find("#asked").addEventListener("submit", (event) => { event.preventDefault(); trying(ask, find("#export")); });
  find("#stop").addEventListener("click", (event) => trying(() => send(`/api/exports/${job.job}/stop`), event.target));
  await pickRun(find("#run"), (id) => {
    run = id;
    find("#none").hidden = id !== null;
    find("#some").hidden = id === null;
    if (id !== null) trying(read);
  }, () => trying(read));
}

function showPrecisions() {
  find("#precisions-set").hidden = !formats.find((one) => one.name === chosen("format")).whole;
}

async function ask() {
  const asked = run;
  const whole = formats.find((one) => one.name === chosen("format")).whole;
  const begun = await send("/api/exports", { run, format: chosen("format"), precision: whole ? chosen("precision") : "float32" });
  if (asked === run) show(begun);
}

const reading = newest();

async function read() {
  const current = reading();
  const asked = run;
  const { exports, jobs } = await get(`/api/exports/${asked}`);
  if (!current()) return;
  find("#no-files").hidden = exports.length > 0;
  fill(find("#files"), exports.map((one) => make("li", {},
    make("h3", {}, named(one.name)),
    make("p", { class: "quiet" }, `Made ${new Date(1000 * one.changed).toLocaleString()}.`),
    one.outdated && make("p", { class: "problem" }, "The run has changed since: this file does not answer as it does now. Make it anew."),
    checks(one.checks),
    make("a", { class: "button", href: `/api/exports/${asked}/${encodeURIComponent(one.name)}.zip`, download: "" }, `Download (${megabytes(one.bytes)})`))));
  const newest = jobs[0];
  if (newest && newest.state !== "done") show(newest);
  else if (!newest || job?.run !== asked) find("#working").hidden = true;
}

function show(shown) {
  job = shown;
  const working = shown.state === "running";
  find("#working").hidden = false;
  fill(find("#working-title"), named(shown.name));
  find("#stop").hidden = !working;
  find("#bar").hidden = !working;
  const lines = (shown.log ?? "").trim().split("\n").filter(Boolean);
  find("#progress").textContent = working ? lines.at(-1) ?? "Being made; the network is read …" : { done: "It is there.", stopped: "Stopped; nothing is left of it.", failed: "Nothing was written." }[shown.state] ?? "";
  find("#wrong").hidden = !shown.message;
  find("#wrong").textContent = shown.message ?? "";
  find("#said").hidden = !lines.length;
  find("#log").textContent = shown.log ?? "";
}

function onJob(item) {
  if (item === null) { if (run !== null) trying(read); return; }
  if (item.kind !== "export" || item.job !== job?.job) return;
  show({ ...job, state: item.state, message: item.message, log: item.log ?? job.log });
  if (item.state !== "running") trying(read);
}

trying(begin);
