// The list of runs: searched, in an order, each with a box that lays its curve over the others'.
import { fill, find, make, named } from "../elements/dom.js";
import { matcher } from "../elements/search.js";
import { STATES } from "./current.js";

const ORDERS = {
  changed: (one, other) => other.changed - one.changed,
  score: (one, other) => (other.score ?? -1) - (one.score ?? -1),
  name: (one, other) => one.name.localeCompare(other.name),
};

/** Args: open: (id) => shows a run; drawn: () => called when other curves are wanted. */
export class RunList {
  constructor(open, drawn) {
    Object.assign(this, { open, drawn });
    this.runs = [];
    this.ticked = new Set();
    find("#search").addEventListener("input", () => this.draw());
    find("#order").addEventListener("change", () => this.draw());
  }

  set(runs, current) {
    this.runs = runs;
    this.current = current;
    this.draw();
  }

  draw() {
    const matches = matcher(find("#search").value);
    const found = this.runs
      .filter((run) => [run.name, run.model ?? "", STATES[run.state], run.problem ?? "", ...run.classes].some(matches))
      .sort(ORDERS[find("#order").value]);
    find("#list-place").hidden = !found.length;
    find("#none").hidden = found.length > 0;
    find("#none").textContent = this.runs.length ? "No run is like that." : "There is no run yet; Train makes the first one.";
    const focused = document.activeElement?.closest("#list [data-run]")?.dataset.run;
    const kind = document.activeElement?.tagName;
    fill(find("#list tbody"), found.map((run) => this.#row(run)));
    if (focused) find(`#list [data-run="${focused}"] ${kind === "INPUT" ? "input" : "button"}`)?.focus();
  }

  #row(run) {
    const tick = make("input", {
      type: "checkbox", "aria-label": `Curve of ${run.name}`, checked: this.ticked.has(run.id), disabled: Boolean(run.problem) || !run.epochs,
      onchange: (event) => { this.ticked[event.target.checked ? "add" : "delete"](run.id); this.drawn(); },
    });
    return make("tr", { data: { run: run.id }, "aria-current": run.id === this.current ? "true" : null },
      make("td", {}, tick),
      make("td", {}, make("button", { type: "button", class: "plain", onclick: () => this.open(run.id) }, named(run.name)),
        run.problem && make("span", { class: "problem why" }, run.problem)),
      make("td", {}, make("span", { class: `state ${run.problem ? "failed" : run.state}` }, run.problem ? "damaged" : STATES[run.state])),
      make("td", { class: "number" }, run.score_text ?? ""),
      make("td", { class: "number" }, run.problem ? "" : run.of ? `${run.epochs} of ${run.of}` : "first answer"),
      make("td", {}, run.model ?? ""),
      make("td", {}, new Date(1000 * run.changed).toLocaleString()));
  }
}
