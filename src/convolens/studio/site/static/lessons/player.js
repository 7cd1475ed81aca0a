// Step, back, play and pause: one place after the other. Who asks the system for little motion gets a place a second.
import { make } from "../elements/dom.js";

const little = () => window.matchMedia("(prefers-reduced-motion: reduce)").matches;

export class Player {
  /** Args: count: () => how many places there are; go: (place, playing) => shows one; ended: () => called when playing ends. */
  constructor({ count, go, ended = () => {} }) {
    Object.assign(this, { count, go, ended });
    this.at = 0;
    this.timer = null;
    this.button = make("button", { type: "button", class: "main", onclick: () => (this.timer ? this.pause() : this.play()) }, "Play");
    this.element = make("div", { class: "row player" },
      make("button", { type: "button", onclick: () => this.step(-1) }, "Back"), this.button,
      make("button", { type: "button", onclick: () => this.step(1) }, "Step"));
  }

  /** Go so many places on; beyond the last comes the first. */
  step(by) {
    this.pause();
    this.#show(this.at + by, false);
  }

  play() {
    this.button.textContent = "Pause";
    if (this.at >= this.count() - 1) this.at = -1;
    const next = () => {
      if (!this.button.isConnected || this.at >= this.count() - 1) { this.pause(); return; }
      this.#show(this.at + 1, true);
    };
    next();
    this.timer = setInterval(next, little() ? 1000 : 350);
  }

  pause() {
    if (!this.timer) return;
    clearInterval(this.timer);
    this.timer = null;
    this.button.textContent = "Play";
    this.ended();
  }

  #show(place, playing) {
    const count = this.count();
    if (!count) return;
    this.at = ((place % count) + count) % count;
    this.go(this.at, playing);
  }
}
