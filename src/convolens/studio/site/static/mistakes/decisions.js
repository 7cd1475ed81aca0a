// What can be decided about a photo, each with its undo: move it to another class, keep its label, set it aside.
import { send, trying } from "../asking/api.js";
import { tell } from "../elements/toast.js";

const decided = []; // what undoes each decision, the newest last

/** Decide, and return whether it was done. Args: work: does it, and returns what undoes it; said: what was done; after: called after either. */
async function decide(work, said, after) {
  const undo = await trying(work);
  if (!undo) return false;
  const back = async () => {
    if (!decided.includes(back)) return; // it is undone already
    decided.splice(decided.indexOf(back), 1);
    toast.remove();
    if (await trying(async () => { await undo(); return true; })) after();
    else decided.push(back); // it can be tried again
  };
  const toast = tell(said, { action: "Undo", run: back, seconds: 20 });
  decided.push(back);
  after();
  return true;
}

const edited = (path, body) => async () => {
  const { undo } = await send(path, body);
  return () => send("/api/edits/undo", { edit: undo });
};

export const move = (row, to, after) => decide(edited("/api/photos/move", { photos: [row.photo], to }), `${row.name} moved to ${to}`, after);
/** Set a photo aside; `copies`: with the same photo in other classes, where a photo has several labels. */
export const setAside = (row, copies, after) => decide(edited("/api/photos/quarantine", { photos: [row.photo], copies }), `${row.name} set aside`, after);
export const keep = (row, after) => decide(async () => {
  const body = { photos: [{ photo: row.photo, label: row.label }] };
  await send("/api/mistakes/keep", body);
  return () => send("/api/mistakes/keep/undo", body);
}, `${row.name} keeps ${row.label}`, after);

/** Undo the newest decision that is not undone, if there is one. */
export function undoLast() {
  if (decided.length) decided.at(-1)();
  else tell("Nothing to undo.");
}
