// A text that can be copied: what is shown, for elsewhere.
import { fill, make } from "../dom.js";
import { tell } from "../toast.js";

/** Return {element, set text}. Args: title: of the button and of the text; name: for scripts that look for it. */
export function copied(title, name) {
  const text = make("pre", { tabindex: 0, role: "region", "aria-label": title, data: { copy: name } });
  const button = make("button", {
    type: "button", onclick: async () => {
      try {
        await navigator.clipboard.writeText(text.textContent);
        tell("Copied.");
      } catch {
        getSelection().selectAllChildren(text);
        tell("This browser lets no page copy; the text is selected, copy it by hand.");
      }
    },
  }, title);
  return {
    element: make("div", { class: "copied" }, button, text),
    set text(wanted) { fill(text, wanted); },
  };
}
