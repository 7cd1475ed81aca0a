// What goes wrong with what is set on a page, said where it is set; it goes when it is put right.
import { fill, make } from "../elements/dom.js";
import { Refused } from "./api.js";

/** Return an element for problems: put it into the page, and give it to `showing`. */
export const problemLine = () => make("p", { class: "problem", role: "alert", hidden: true });

/** Do a piece of work; show what goes wrong in a line of `problemLine`, and return undefined then. */
export async function showing(line, work) {
  try {
    const done = await work();
    line.hidden = true;
    return done;
  } catch (error) {
    if (!(error instanceof Refused)) console.error(error);
    fill(line, error.message);
    line.hidden = false;
    return undefined;
  }
}
