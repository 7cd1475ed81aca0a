// Texts of findings: what stands between back-ticks is code.
import { make } from "./dom.js";

/** Return parts of an element: "`a` learns" becomes <code>a</code> and " learns". */
export const withCode = (text) => String(text).split("`").map((part, index) => (index % 2 ? make("code", {}, part) : part));
