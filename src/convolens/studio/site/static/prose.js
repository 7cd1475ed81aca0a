// Texts of findings and of commands: what stands between back-ticks is code; and copying.
import { make } from "./dom.js";
import { tell } from "./toast.js";

/** Return parts of an element: "`a` learns" becomes <code>a</code> and " learns". */
export const withCode = (text) => String(text).split("`").map((part, index) => (index % 2 ? make("code", {}, part) : part));

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
