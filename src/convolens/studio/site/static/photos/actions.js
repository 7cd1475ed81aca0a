// What is done to photos and classes: each is told with a button that undoes it.
import { get, send, trying } from "../asking/api.js";
import { rested } from "../asking/latest.js";
import { askName, chooseClass } from "../elements/choose_class.js";
import { find } from "../elements/dom.js";
import { thousands } from "../elements/numbers.js";
import { tell } from "../elements/toast.js";

export class Actions {
  constructor({ classes, changed }) {
    Object.assign(this, { classes, changed });
    this.soon = rested(() => this.history(), 250); // the photos come first
    find("#undo").addEventListener("click", () => this.undo());
    find("#redo").addEventListener("click", () => this.redo());
    document.addEventListener("keydown", (event) => {
      if (!(event.ctrlKey || event.metaKey) || event.target.closest("input, textarea, dialog")) return;
      const key = event.key.toLowerCase();
      if (key === "z" && !event.shiftKey) this.undo();
      else if (key === "y" || (key === "z" && event.shiftKey)) this.redo();
      else return;
      event.preventDefault();
    });
  }

  /** Send an edit, tell it, and return the answer; undefined where it was refused. `done` is called before the photos are read anew. */
  async edit(path, body, done = () => {}) {
    if (this.editing) return undefined; // a double click is one
    this.editing = true;
    const answer = await trying(() => send(path, body));
    this.editing = false;
    if (!answer) return undefined;
    done();
    tell(answer.done, answer.undo === null ? {} : { action: "Undo", run: () => this.undo(answer.undo) });
    await this.changed();
    return answer;
  }

  async move(photos, view) {
    const to = await chooseClass({ title: photos.length === 1 ? "Move this photo to" : `Move ${thousands(photos.length)} photos to`, classes: this.classes() });
    return to === null ? undefined : this.moveTo(photos, to, view?.place);
  }

  moveTo(photos, to, place = "photos") {
    return this.edit("/api/photos/move", { photos, to, place });
  }

  aside(photos) {
    return this.edit("/api/photos/quarantine", { photos });
  }

  back(photos) {
    return this.edit("/api/photos/restore", { photos });
  }

  async rename(view) {
    const old = view.class;
    let name = old;
    do { // a name that is refused is there to be mended
      name = await askName({ title: `Rename ${old}`, action: "Rename", given: name });
      if (name === null || name === old) return;
    } while (!await this.edit("/api/classes/rename", { from: old, to: name }, () => { if (view.class === old) view.class = name; }));
  }

  async merge(chosen) {
    const classes = this.classes();
    const from = chosen ?? await chooseClass({ title: "Merge which class into another?", action: "Next", classes, fresh: false });
    if (!from) return;
    const into = await chooseClass({ title: `Merge ${from} into`, action: "Merge", classes: classes.filter(({ name }) => name !== from), fresh: false });
    if (into) await this.edit("/api/classes/merge", { classes: [from], into });
  }

  async undo(edit = null) {
    const answer = await trying(() => send("/api/edits/undo", { edit }), find("#undo"));
    if (answer) {
      tell(answer.done, { action: "Redo", run: () => this.redo(answer.redo) });
      await this.changed();
    }
    await this.history();
  }

  async redo(edit = null) {
    const answer = await trying(() => send("/api/edits/redo", { edit }), find("#redo"));
    if (answer) {
      tell(answer.done, { action: "Undo", run: () => this.undo(answer.undo) });
      await this.changed();
    }
    await this.history();
  }

  /** Say on the buttons what can be undone and done again. */
  async history() {
    const log = await trying(() => get("/api/edits", { count: 1 }));
    if (!log) return;
    for (const name of ["undo", "redo"]) {
      const button = find(`#${name}`);
      button.disabled = log[name] === null;
      button.title = log[name]?.said ?? "";
    }
    if (log.problem && log.problem !== this.told) tell(log.problem, { problem: true });
    this.told = log.problem;
  }
}
