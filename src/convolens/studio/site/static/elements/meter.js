// How far a piece of work is, as a line with a bar; read aloud when it begins, and not at each of its steps.
import { fill, make } from "./dom.js";
import { outOf } from "./numbers.js";

export class Meter {
  /** Args: more: what stands beside it, a button to cancel say. */
  constructor(...more) {
    this.title = make("span", { role: "status" });
    this.bar = make("progress");
    this.count = make("span", { class: "number" });
    this.element = make("div", { class: "row" }, this.title, this.bar, this.count, more);
  }

  /** Show it. Args: title: what is done; done, total: how much of it, nothing known where total is 0; after: a text behind. */
  show(title, done = 0, total = 0, after = "") {
    if (this.title.textContent !== title) fill(this.title, title);
    this.bar.setAttribute("aria-label", title);
    if (total) Object.assign(this.bar, { max: total, value: done });
    else this.bar.removeAttribute("value");
    this.count.textContent = total ? `${outOf(done, total)}${after}` : after;
  }
}
