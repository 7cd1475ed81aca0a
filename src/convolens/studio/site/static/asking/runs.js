// Lists of runs to choose from.
import { fill, make } from "../elements/dom.js";
import { get, trying } from "./api.js";
import { currentRun, setCurrentRun } from "./current_run.js";
import { onNews } from "./news.js";

/** How a list calls a run: its name, and its score where it has one. */
export const runText = (run) => (run.score === null ? run.name : `${run.name} (${run.score_text})`);

/** Follow the list of runs: call `show(runs)` with all of them after each change. Return a function that reads it anew, for the first time too. */
export function followRuns(show) {
  let known = [];
  let reading = null; // the newest reading, while it is not answered
  const put = (runs) => {
    known = runs;
    return show(runs);
  };
  const read = () => {
    const mine = get("/api/runs").then(({ runs }) => {
      if (reading !== mine) return reading; // which shows what is newer
      reading = null;
      return put(runs);
    });
    reading = mine;
    return mine;
  };
  onNews("runs", (item) => trying(() => {
    if (reading || !item?.changed) return read();
    const other = new Set([...item.gone, ...item.changed.map(({ id }) => id)]);
    return put([...item.changed, ...known.filter(({ id }) => !other.has(id))]);
  }));
  return read;
}

/**
 * Fill a <select> with the runs that can answer, the newest first, and keep it so; call `changed(run)` with the chosen one's id, or null, at first
 * and when it is another, and `learnt(run)` when its files have changed and nobody is at work on them any more.
 */
export async function pickRun(select, changed, learnt = () => {}) {
  let chosen; // undefined at first
  const known = new Map(); // id -> when its files changed, as of the last time that nobody was at work on them
  let listed = null;
  const choose = (run) => {
    if (run === chosen) return;
    chosen = run;
    if (run !== null) setCurrentRun(run);
    changed(run);
  };
  select.addEventListener("change", () => choose(select.value));
  await followRuns((runs) => {
    if (chosen !== undefined && !select.isConnected) return;
    const ready = runs.filter((run) => run.ready);
    const before = chosen;
    const other = ready.filter((run) => run.state !== "running" && known.get(run.id) !== run.changed);
    for (const run of other) known.set(run.id, run.changed);
    offer(ready);
    if (chosen === before && other.some((run) => run.id === chosen)) learnt(chosen);
  })();

  function offer(ready) {
    const now = JSON.stringify(ready.map((run) => [run.id, runText(run)]));
    if (now === listed) return;
    listed = now;
    fill(select, ready.map((run) => make("option", { value: run.id }, runText(run))));
    select.disabled = ready.length === 0;
    if (ready.some((run) => run.id === currentRun())) select.value = currentRun();
    choose(ready.length ? select.value : null);
  }
}
