// A matrix whose numbers stand in its cells, coloured; a cell can be chosen by pointer and arrow keys, a window of them marked.
import { fill, make } from "../elements/dom.js";
import { tiny } from "../elements/numbers.js";
import { css, readable } from "./colours.js";

export class NumberGrid {
  /** Args: caption: its title; select: (row, column) => called when a cell is chosen, or null where none can be; name: for scripts that look for it. */
  constructor({ caption, select = null, name = "" }) {
    this.select = select;
    this.cells = [];
    this.at = [0, 0];
    this.caption = make("caption", {}, caption);
    this.body = make("tbody");
    const table = make("table", { class: "numbers", data: { grid: name } }, this.caption, this.body);
    this.element = make("div", { class: "wide", tabindex: select ? null : 0, role: "group", "aria-label": caption }, table);
    if (!select) return;
    table.addEventListener("pointerover", (event) => this.#pointed(event));
    table.addEventListener("focusin", (event) => this.#pointed(event));
    table.addEventListener("click", (event) => this.#pointed(event));
    table.addEventListener("keydown", (event) => this.#key(event));
  }

  /** Show numbers. Args: values: rows of them; colour: (value) => [red, green, blue]; title: of the caption; inside: (row, column) => false for padding. */
  show(values, colour, title, inside = () => true) {
    fill(this.caption, title);
    this.element.setAttribute("aria-label", title);
    this.values = values;
    this.cells = values.map((line, row) => line.map((value, column) => {
      const shade = colour(value);
      const text = tiny(value);
      const cell = make("td", { class: inside(row, column) ? null : "padding", data: { row, column } },
        this.select ? make("button", { type: "button", tabindex: -1, "aria-label": `row ${row}, column ${column}: ${text}`, title: String(value) }, text) : text);
      cell.style.backgroundColor = css(shade);
      cell.style.color = readable(shade);
      if (!this.select) cell.title = String(value);
      return cell;
    }));
    fill(this.body, this.cells.map((line) => make("tr", {}, line)));
    this.at = [Math.min(this.at[0], this.rows - 1), Math.min(this.at[1], this.columns - 1)];
    this.#button(...this.at)?.setAttribute("tabindex", 0);
  }

  get rows() { return this.cells.length; }
  get columns() { return this.cells[0]?.length ?? 0; }

  /** Mark the cells of a window, and no others. */
  mark(top, left, rows, columns, kind = "window") {
    this.unmark(kind);
    for (let row = top; row < Math.min(top + rows, this.rows); row += 1) {
      for (let column = left; column < Math.min(left + columns, this.columns); column += 1) this.cells[row]?.[column]?.classList.add(kind);
    }
  }

  unmark(kind = "window") {
    for (const cell of this.cells.flat()) cell.classList.remove(kind);
  }

  /** Show the first so many cells, in reading order; null shows all. */
  reveal(count) {
    this.cells.flat().forEach((cell, place) => cell.classList.toggle("later", count !== null && place >= count));
  }

  /** Choose a cell, without telling. */
  choose(row, column, focus = false) {
    this.#button(...this.at)?.setAttribute("tabindex", -1);
    this.at = [row, column];
    this.mark(row, column, 1, 1, "chosen");
    this.#button(row, column)?.setAttribute("tabindex", 0);
    if (focus) this.#button(row, column)?.focus();
  }

  #button(row, column) {
    return this.cells[row]?.[column]?.querySelector("button");
  }

  #pointed(event) {
    const cell = event.target.closest("td");
    if (!cell) return;
    const [row, column] = [Number(cell.dataset.row), Number(cell.dataset.column)];
    if (event.type === "pointerover" && event.pointerType === "touch") return;
    if (row === this.at[0] && column === this.at[1] && cell.classList.contains("chosen")) return;
    this.choose(row, column);
    this.select(row, column);
  }

  #key(event) {
    const [down, right] = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key] ?? [0, 0];
    if (!down && !right) return;
    event.preventDefault();
    event.stopPropagation();
    const within = (at, step, of) => Math.max(0, Math.min(of - 1, at + step));
    this.choose(within(this.at[0], down, this.rows), within(this.at[1], right, this.columns), true);
    this.select(...this.at);
  }
}
