// One photo that is tried: what the run says of it, where it sees that, and what it is nearest to.
import { Refused, address, send } from "../asking/api.js";
import { newest } from "../asking/latest.js";
import { fill, make, named } from "../elements/dom.js";
import { percent } from "../elements/numbers.js";
import { nearestStrip } from "./nearest.js";
import { overlaid, pictureOf } from "./overlay.js";
import { shares, verdict } from "./verdict.js";

/** Return a function that does pieces of work one after another: the network answers one question at a time. */
function queue() {
  let end = Promise.resolve();
  return (work) => { end = end.then(work); };
}

const answering = queue();
const searching = queue();

const said = (error) => {
  if (!(error instanceof Refused)) console.error(error);
  return error.message;
};

/** A card. Args: file: of the photo; settings: {run, method, strength, limit}, read at each question; gone: called when it is closed. */
export class Tried {
  constructor(file, settings, gone) {
    Object.assign(this, { file, settings, gone });
    this.name = file.name || "pasted";
    this.asking = newest();
    this.drawing = newest();
    this.view = overlaid(file, this.name);
    this.verdict = make("div", { "aria-live": "polite" });
    this.shares = make("div");
    this.note = make("p", { class: "quiet" });
    this.label = make("select", { onchange: () => this.heat() });
    this.choice = make("label", { class: "field", hidden: true }, "Evidence for", this.label);
    this.strip = nearestStrip();
    this.element = make("article", { class: "card", "aria-label": this.name },
      make("div", { class: "row spread" }, make("h2", {}, named(this.name)), make("button", { type: "button", class: "plain", "aria-label": `Close ${this.name}`, onclick: () => this.close() }, "Close")),
      make("div", { class: "sides" }, make("div", {}, this.view.element, this.choice, this.note), make("div", {}, this.verdict, this.shares, this.strip.element)));
    this.strength();
    this.ask();
  }

  strength() { this.view.strength(this.settings.strength); }

  /** Take the card away, and ask nothing more for it. */
  close() {
    this.asking();
    this.drawing();
    this.strip.problem("");
    this.element.remove();
    this.gone(this);
  }

  /** Ask all of it, of the run that is chosen now; what an earlier run said goes at once. */
  ask() {
    const { run, limit } = this.settings;
    const current = this.asking();
    this.#blank();
    if (this.file.size > limit) {
      this.#problem(`This file has ${Math.round(this.file.size / 2 ** 20)} MiB, more than the ${limit / 2 ** 20} MiB of one photo; make it smaller.`);
      return;
    }
    fill(this.verdict, make("p", { class: "quiet" }, "Looking …"));
    this.strip.wait();
    answering(() => this.#ask(run, current));
  }

  #blank() {
    this.drawing();
    this.view.heat(null);
    this.note.textContent = "";
    this.choice.hidden = true;
    fill(this.shares);
  }

  #problem(line) {
    this.strip.problem("");
    fill(this.verdict, make("p", { class: "problem", role: "alert" }, line));
  }

  async #ask(run, current) {
    if (!current()) return;
    try {
      const answer = await send(address("/api/answers", { run, name: this.file.name }), this.file);
      if (!current()) return;
      fill(this.verdict, verdict(answer));
      fill(this.shares, shares(answer));
      const before = this.label.value;
      fill(this.label, answer.answers.map((one) => make("option", { value: one.label }, `${one.label} (${percent(one.confidence)})`)));
      if (this.asked && answer.answers.some((one) => one.label === before)) this.label.value = before;
      this.asked = true;
      this.choice.hidden = false;
    } catch (error) {
      if (current()) this.#problem(said(error));
      return;
    }
    searching(() => this.#search(run, current));
    this.heat();
  }

  /** Draw the evidence for the class that is chosen, by the method that is. */
  heat() {
    const { run, method } = this.settings;
    const current = this.drawing();
    this.view.heat(null);
    const wanted = method && !this.choice.hidden;
    this.note.textContent = wanted ? "Drawing the heat map …" : "";
    if (wanted) answering(() => this.#draw(run, method, current));
  }

  async #draw(run, method, current) {
    if (!current()) return;
    try {
      const map = await pictureOf("/api/answers/heat", { run, name: this.file.name, class: this.label.value, method }, this.file);
      if (!current()) return;
      this.view.heat(map);
      this.note.textContent = map.note;
    } catch (error) {
      if (current()) this.note.textContent = `No heat map: ${said(error)}`;
    }
  }

  async #search(run, current) {
    if (!current()) return;
    try {
      const found = await send(address("/api/answers/nearest", { run, name: this.file.name }), this.file);
      if (current()) this.strip.show(found);
    } catch (error) {
      if (current()) this.strip.problem(`No nearest photos: ${said(error)}`);
    }
  }
}
