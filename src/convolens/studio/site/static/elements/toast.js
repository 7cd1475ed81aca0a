// Short messages at the foot of the page, with one button where something can be undone.
import { find, focusOn, make } from "./dom.js";

const place = find("#toasts");

/** Let messages stand in an element: while a dialog is open, nothing outside of it can be pressed or is read aloud. */
function stand(where) {
  if (place.parentElement !== where) where.append(place);
}

document.addEventListener("close", () => stand(document.body), true);

/** Show a message: `tell("Moved 3 photos", {action: "Undo", run: undo})`; it goes by itself, problems stay until they are closed. */
export function tell(message, { problem = false, action = null, run = null, seconds = 8 } = {}) {
  stand(find("dialog[open]") ?? document.body);
  if (problem) for (const other of place.children) if (find("span", other).textContent === message) return other; // it stands there already
  let before = null; // what had the focus before this message got it
  const close = () => {
    const focused = toast.contains(document.activeElement);
    toast.remove();
    if (focused) focusOn(before?.isConnected ? before : find("dialog[open]") ?? find("#main"));
  };
  const toast = make("div", { class: problem ? "toast problem" : "toast", role: problem ? "alert" : null, onfocusin: (event) => { before ??= event.relatedTarget; } },
    make("span", {}, message),
    action && make("button", { type: "button", onclick: () => { close(); run(); } }, action),
    problem && make("button", { type: "button", onclick: close }, "Close"));
  place.append(toast);
  while (place.children.length > 4) (find(".toast:not(.problem)", place) ?? place.firstElementChild).remove();
  const go = () => (toast.matches(":hover, :focus-within") ? setTimeout(go, 1000) : close());
  if (!problem) setTimeout(go, 1000 * seconds);
  return toast;
}
