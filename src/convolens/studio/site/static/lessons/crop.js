// Where on a photo the pixels are taken from: click there, drag, or move the sliders.
import { make } from "../elements/dom.js";
import { slider } from "./fields.js";

export class Crop {
  /** Args: changed: called after each change; side: rows and columns of the piece. `place` is null until somebody chose one. */
  constructor(changed, { side = 8 } = {}) {
    this.changed = changed;
    this.place = null;
    this.picture = make("img", { alt: "The photo; the box shows which pixels are taken", draggable: "false" });
    this.box = make("div", { class: "box" });
    this.frame = make("div", { class: "crop" }, this.picture, this.box);
    for (const kind of ["pointerdown", "pointermove"]) this.frame.addEventListener(kind, (event) => this.#pointed(event));
    this.row = slider({ label: "Row", low: 0, high: 0, value: 0, changed: () => this.#moved(), data: { field: "row" } });
    this.column = slider({ label: "Column", low: 0, high: 0, value: 0, changed: () => this.#moved(), data: { field: "column" } });
    this.side = slider({ label: "Pixels a side", low: 3, high: 14, value: side, changed: () => this.changed(), data: { field: "side" } });
    this.longest = slider({
      label: "Photo made smaller to", low: 16, high: 256, step: 16, value: 64, format: (value) => `${value} pixels`,
      changed: () => { this.place = null; this.changed(); }, data: { field: "longest" },
    });
    this.element = make("div", {}, this.frame, this.row.element, this.column.element, this.side.element, this.longest.element);
  }

  /** What the server is asked for. */
  get asked() {
    this.sent = this.place;
    return { side: this.side.value, longest: this.longest.value, row: this.place?.[0] ?? null, column: this.place?.[1] ?? null };
  }

  /** Show another photo; its place is found anew. */
  photo(id) {
    this.id = id;
    this.place = null;
  }

  /** Show where the pixels were taken from (`crop` of `/api/convolve`). */
  show({ top, left, rows, columns, of }) {
    this.of = of;
    this.size = [rows, columns];
    const address = `/api/chosen/${this.id}?side=${this.longest.value}`;
    if (this.picture.getAttribute("src") !== address) this.picture.src = address;
    if (this.sent !== this.place) return; // moved on meanwhile; the next answer is of that
    this.row.limit(0, Math.max(0, of[0] - rows));
    this.column.limit(0, Math.max(0, of[1] - columns));
    this.row.value = top;
    this.column.value = left;
    this.frame.style.aspectRatio = `${of[1]} / ${of[0]}`;
    const share = (part, whole) => `${(100 * part) / whole}%`;
    Object.assign(this.box.style, { top: share(top, of[0]), left: share(left, of[1]), width: share(columns, of[1]), height: share(rows, of[0]) });
  }

  #moved() {
    this.place = [this.row.value, this.column.value];
    this.changed();
  }

  #pointed(event) {
    if (!this.of || (event.type === "pointermove" && !event.buttons)) return;
    event.preventDefault();
    const bounds = this.frame.getBoundingClientRect();
    const at = (position, length, of, size) => Math.max(0, Math.min(of - size, Math.round((position / length) * of - size / 2)));
    this.place = [at(event.clientY - bounds.top, bounds.height, this.of[0], this.size[0]), at(event.clientX - bounds.left, bounds.width, this.of[1], this.size[1])];
    this.changed();
  }
}
