// Sliders, lists and switches with their names, and what they stand at beside them.
import { fill, make } from "../elements/dom.js";
import { short } from "../elements/numbers.js";

let count = 0;
const name = () => `field-${(count += 1)}`;

/** Return a slider: {element, get value, set value}. `changed(value)` is called while it moves. */
export function slider({ label, low, high, step = 1, value, changed = () => {}, format = short, help = null, data = {} }) {
  const id = name();
  const input = make("input", { type: "range", id, min: low, max: high, step, value, data });
  const shown = make("output", { for: id });
  const show = () => fill(shown, format(Number(input.value)));
  input.addEventListener("input", () => { show(); changed(Number(input.value)); });
  const element = make("div", { class: "slider" }, make("label", { for: id, title: help }, label), shown, input);
  const made = {
    element, input,
    get value() { return Number(input.value); },
    set value(wanted) { input.value = wanted; show(); },
    limit(least, most) { input.min = least; input.max = most; show(); },
  };
  show();
  return made;
}

/** Return a list: {element, get value, set value}. `options`: [[value, text], ...]. */
export function choice({ label, options, value, changed = () => {}, data = {} }) {
  const id = name();
  const select = make("select", { id, data }, options.map(([given, text]) => make("option", { value: given }, text)));
  if (value !== undefined) select.value = value;
  select.addEventListener("change", () => changed(select.value));
  return {
    element: make("div", { class: "choice" }, make("label", { for: id }, label), select), select,
    get value() { return select.value; },
    set value(wanted) { select.value = wanted; },
  };
}

/** Return a switch: {element, get value, set value}. */
export function tick({ label, value = false, changed = () => {}, help = null, data = {} }) {
  const input = make("input", { type: "checkbox", checked: value, data });
  input.addEventListener("change", () => changed(input.checked));
  return {
    element: make("label", { class: "tick", title: help }, input, " ", label), input,
    get value() { return input.checked; },
    set value(wanted) { input.checked = wanted; },
  };
}

/** Return a whole number that is typed: {element, get value, set value}; what is none is brought between the limits. */
export function whole({ label, low, high, value, changed = () => {}, data = {} }) {
  const id = name();
  const input = make("input", { type: "number", id, min: low, max: high, step: 1, value, data });
  const made = {
    element: make("div", { class: "choice" }, make("label", { for: id }, label), input), input,
    get value() { return Math.max(Number(input.min), Math.min(Number(input.max), Math.round(Number(input.value)) || Number(input.min))); },
    set value(wanted) { input.value = wanted; },
    limit(most) { input.max = most; },
  };
  input.addEventListener("change", () => { input.value = made.value; changed(made.value); });
  return made;
}
