// Elements, made from values; texts are always texts, so no name of a file or a class can become HTML.

const isThere = (value) => value !== null && value !== undefined && value !== false;

/** Return an element: `make("li", {class: "a", onclick: f}, "text", otherElement)`; what is null or false is left out. */
export function make(tag, given = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(given)) {
    if (!isThere(value)) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "data") Object.assign(element.dataset, value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  return fill(element, children);
}

/** Return an SVG element, likewise. */
export function draw(tag, given = {}, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(given)) if (isThere(value)) element.setAttribute(name, value);
  return fill(element, children);
}

export const find = (selector, below = document) => below.querySelector(selector);

/** Put children in the place of what an element holds. */
export function fill(element, ...children) {
  element.replaceChildren(...children.flat(Infinity).filter(isThere));
  return element;
}

/** A name of a file or class, which may run from right to left. */
export const named = (text) => make("bdi", {}, text);

/** Give an element the focus, though it is none that Tab stops at. */
export function focusOn(element) {
  if (element.tabIndex < 0) element.tabIndex = -1;
  element.focus({ preventScroll: true });
}
