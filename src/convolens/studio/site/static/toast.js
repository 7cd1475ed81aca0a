// Short messages at the foot of the page, with one button where something can be undone.
import { find, make } from "./dom.js";

/** Show a message: `tell("Moved 3 photos", {action: "Undo", run: undo})`; it goes by itself, problems stay until they are closed. */
export function tell(message, { problem = false, action = null, run = null, seconds = 8 } = {}) {
  const toast = make("div", { class: problem ? "toast problem" : "toast", role: problem ? "alert" : null },
    make("span", {}, message),
    action && make("button", { type: "button", onclick: () => { toast.remove(); run(); } }, action),
    problem && make("button", { type: "button", onclick: () => toast.remove() }, "Close"));
  const place = find("#toasts");
  place.append(toast);
  while (place.children.length > 4) place.firstElementChild.remove();
  if (!problem) setTimeout(() => toast.remove(), 1000 * seconds);
  return toast;
}
