// What can be decided about a photo, each with its undo: move it to another class, keep its label, set it aside.
import { send, trying } from "../api.js";
import { tell } from "../toast.js";

let last = null; // undoes the newest decision

/** Decide, and return whether it was done. Args: work: does it, and returns what undoes it; said: what was done; after: called after either. */
async function decide(work, said, after) {
  const undo = await trying(work);
  if (!undo) return false;
  const back = async () => {
    if (last === back) last = null;
    toast.remove();
    if (await trying(async () => { await undo(); return true; })) after();
    else last ??= back; // it can be tried again
  };
  const toast = tell(said, { action: "Undo", run: back, seconds: 20 });
  last = back;
  after();
  return true;
}

const edited = (path, body) => async () => {
  const { undo } = await send(path, body);
  return () => send("/api/edits/undo", { edit: undo });
};

export const move = (row, to, after) => decide(edited("/api/photos/move", { photos: [row.photo], to }), `${row.name} moved to ${to}`, after);
export const setAside = (row, after) => decide(edited("/api/photos/quarantine", { photos: [row.photo] }), `${row.name} set aside`, after);
export const keep = (row, after) => decide(async () => {
  const body = { photos: [{ photo: row.photo, label: row.label }] };
  await send("/api/mistakes/keep", body);
  return () => send("/api/mistakes/keep/undo", body);
}, `${row.name} keeps ${row.label}`, after);

/** Undo the newest decision, if there is one. */
export function undoLast() {
  if (last) last();
  else tell("Nothing to undo.");
}
