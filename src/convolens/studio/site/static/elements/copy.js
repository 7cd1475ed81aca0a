// Texts that can be copied: what is shown, for elsewhere.
import { fill, make } from "./dom.js";
import { tell } from "./toast.js";

/** Copy what an element says, and tell so; where a browser does not let a page, select it for Ctrl+C. */
export async function copy(element) {
  try {
    await navigator.clipboard.writeText(element.textContent);
    tell("Copied.", { seconds: 3 });
  } catch {
    getSelection().selectAllChildren(element);
    tell("Marked; Ctrl+C copies it.", { seconds: 5 });
  }
}

/** Return {element, set text}: a text below a button that copies it. Args: title: of the button and of the text; name: for scripts that look for it. */
export function copied(title, name) {
  const text = make("pre", { tabindex: 0, role: "region", "aria-label": title, data: { copy: name } });
  return {
    element: make("div", { class: "copied" }, make("button", { type: "button", onclick: () => copy(text) }, title), text),
    set text(wanted) { fill(text, wanted); },
  };
}
