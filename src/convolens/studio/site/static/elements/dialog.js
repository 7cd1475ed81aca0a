// Dialogs that are made when something is asked, and go when they are closed.
import { make } from "./dom.js";

/** Open a dialog, and return it: `title` as its heading, then the children. Args: class: for its looks; closed: called when it is closed. */
export function openDialog({ title, class: looks = null, closed = () => {} }, ...children) {
  const dialog = make("dialog", { class: looks, "aria-labelledby": "dialog-title", onclose: () => { dialog.remove(); closed(); } },
    make("h2", { id: "dialog-title" }, title), children);
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}
