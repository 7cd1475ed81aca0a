// Lists of runs to choose from.
import { get, trying } from "./api.js";
import { currentRun, setCurrentRun } from "./current_run.js";
import { fill, make } from "./dom.js";
import { newest } from "./latest.js";
import { onNews } from "./news.js";

/** How a list calls a run: its name, and its score where it has one. */
export const runText = (run) => (run.score === null ? run.name : `${run.name} (${run.score_text})`);

/** Fill a <select> with the runs that can answer, the newest first, and keep it so; call `changed(run)` with the chosen one's id, or null, at first and when it is another. */
export async function pickRun(select, changed) {
  const asking = newest();
  let chosen; // undefined at first
  let listed = null;
  const choose = (run) => {
    if (run === chosen) return;
    chosen = run;
    if (run !== null) setCurrentRun(run);
    changed(run);
  };
  const read = async () => {
    const current = asking();
    const { runs } = await get("/api/runs");
    if (!current()) return;
    const ready = runs.filter((run) => run.ready);
    const now = JSON.stringify(ready.map((run) => [run.id, runText(run)]));
    if (now === listed) return;
    listed = now;
    fill(select, ready.map((run) => make("option", { value: run.id }, runText(run))));
    select.disabled = ready.length === 0;
    if (ready.some((run) => run.id === currentRun())) select.value = currentRun();
    choose(ready.length ? select.value : null);
  };
  select.addEventListener("change", () => choose(select.value));
  onNews("runs", () => { if (select.isConnected) trying(read); });
  await read();
}
