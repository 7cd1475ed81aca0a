// The run that a page looks at: in its address (`?run=`), so that a link or a reload shows the same.
import { get } from "./api.js";
import { fill, make } from "./dom.js";

export const currentRun = () => new URLSearchParams(location.search).get("run");

export function setCurrentRun(run) {
  const address = new URL(location.href);
  address.searchParams.set("run", run);
  history.replaceState(null, "", address);
}

/** Return a list of runs after news of it: `changed` rows and ids that are `gone`. */
export function renewed(runs, { changed, gone }) {
  const other = new Set([...gone, ...changed.map(({ id }) => id)]);
  return [...changed, ...runs.filter(({ id }) => !other.has(id))];
}

/** Fill a <select> with the runs that can answer, the newest first; call `changed(run)` with the chosen one's id, or null. */
export async function pickRun(select, changed) {
  const { runs } = await get("/api/runs");
  const ready = runs.filter((run) => run.ready);
  fill(select, ready.map((run) => make("option", { value: run.id }, run.score === null ? run.name : `${run.name} (${run.score_text})`)));
  select.disabled = ready.length === 0;
  const asked = currentRun();
  if (ready.some((run) => run.id === asked)) select.value = asked;
  select.addEventListener("change", () => { setCurrentRun(select.value); changed(select.value); });
  if (ready.length) setCurrentRun(select.value);
  changed(ready.length ? select.value : null);
}
