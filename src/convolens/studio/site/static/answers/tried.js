// One photo that is tried: what the run says of it, where it sees that, and what it is nearest to.
import { Refused, send } from "../api.js";
import { fill, make, named, percent } from "../dom.js";
import { nearestStrip } from "./nearest.js";
import { overlaid, pictureOf } from "./overlay.js";
import { shares, verdict } from "./verdict.js";

let answering = Promise.resolve(); // one question after another: the network answers one at a time
let searching = Promise.resolve();

const said = (error) => {
  if (!(error instanceof Refused)) console.error(error);
  return error.message;
};

/** A card. Args: file: of the photo; settings: {run, method, strength, limit}, read at each question; gone: called when it is closed. */
export class Tried {
  constructor(file, settings, gone) {
    Object.assign(this, { file, settings });
    this.name = file.name || "pasted";
    this.source = URL.createObjectURL(file);
    this.view = overlaid(this.source, this.name);
    this.answer = make("div", { class: "answer" }, make("p", { class: "quiet" }, "Looking …"));
    this.note = make("p", { class: "quiet note" });
    this.label = make("select", { onchange: () => this.heat() });
    this.choice = make("label", { class: "field", hidden: true }, "Evidence for", this.label);
    this.strip = nearestStrip();
    const close = () => { URL.revokeObjectURL(this.source); this.element.remove(); gone(this); };
    this.element = make("article", { class: "card", "aria-label": this.name },
      make("div", { class: "row spread" }, make("h2", {}, named(this.name)), make("button", { type: "button", class: "plain", "aria-label": `Close ${this.name}`, onclick: close }, "Close")),
      make("div", { class: "sides" }, make("div", {}, this.view.element, this.choice, this.note), make("div", {}, this.answer, this.strip.element)));
    this.strength();
    this.ask();
  }

  strength() { this.view.strength(this.settings.strength); }

  /** Ask all of it, of the run that is chosen now. */
  ask() {
    const { run, limit } = this.settings;
    if (this.file.size > limit) {
      fill(this.answer, make("p", { class: "problem" }, `This file has ${Math.round(this.file.size / 2 ** 20)} MiB, more than the ${limit / 2 ** 20} MiB of one photo; make it smaller.`));
      return;
    }
    this.strip.wait();
    answering = answering.then(() => this.#ask(run));
  }

  async #ask(run) {
    try {
      const answer = await send(`/api/answers?${new URLSearchParams({ run, name: this.file.name ?? "" })}`, this.file);
      fill(this.answer, verdict(answer), shares(answer));
      const before = this.label.value;
      fill(this.label, answer.answers.map((one) => make("option", { value: one.label }, `${one.label} (${percent(one.confidence)})`)));
      if (this.asked && answer.answers.some((one) => one.label === before)) this.label.value = before;
      this.asked = true;
      this.choice.hidden = false;
    } catch (error) {
      this.view.heat(null);
      this.choice.hidden = true;
      this.strip.problem("");
      fill(this.answer, make("p", { class: "problem", role: "alert" }, said(error)));
      return;
    }
    searching = searching.then(() => this.#search(run));
    await this.#draw(run);
  }

  /** Draw the evidence for the class that is chosen. */
  heat() {
    const { run } = this.settings;
    answering = answering.then(() => this.#draw(run));
  }

  async #draw(run) {
    const { method } = this.settings;
    if (!method) { this.view.heat(null); this.note.textContent = ""; return; }
    try {
      const picture = await pictureOf("/api/answers/heat", { run, name: this.file.name, class: this.label.value, method }, this.file);
      this.view.heat(picture);
      this.note.textContent = picture.note;
    } catch (error) {
      this.view.heat(null);
      this.note.textContent = `No heat map: ${said(error)}`;
    }
  }

  async #search(run) {
    try {
      this.strip.show(await send(`/api/answers/nearest?${new URLSearchParams({ run, name: this.file.name ?? "" })}`, this.file));
    } catch (error) {
      this.strip.problem(`No nearest photos: ${said(error)}`);
    }
  }
}
