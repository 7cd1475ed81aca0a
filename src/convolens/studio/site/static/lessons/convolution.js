// A convolution and its pooling, number by number: the photo's pixels, the feature map, the pooled map, and how each cell came about.
import { fill, make } from "../elements/dom.js";
import { grey, signed } from "./colours.js";
import { NumberGrid } from "./grid.js";
import { Player } from "./player.js";
import { writePooled, writeProducts } from "./products.js";

const flat = (cube) => cube.map((line) => line.map(([value]) => value));
const largest = (matrix) => Math.max(...matrix.flat().map(Math.abs), 1e-9);

export class Convolution {
  /** Args: place: an empty element; kernel: shown between the pixels and the map, an element or null. */
  constructor(place, kernel = null) {
    this.input = new NumberGrid({ caption: "Pixels", name: "input" });
    this.map = new NumberGrid({ caption: "Feature map", name: "map", select: (row, column) => { this.player.pause(); this.cell(row, column); } });
    this.pooled = new NumberGrid({ caption: "Pooled map", name: "pooled", select: (row, column) => { this.player.pause(); this.pooledCell(row, column); } });
    this.steps = make("div", { class: "steps", tabindex: 0, role: "region", "aria-label": "How it came about", "aria-live": "polite" });
    this.player = new Player({
      count: () => this.found?.cells.length ?? 0,
      go: (place, playing) => {
        this.steps.setAttribute("aria-live", playing ? "off" : "polite");
        this.cell(Math.floor(place / this.map.columns), place % this.map.columns);
        this.map.reveal(playing ? place + 1 : null);
      },
      ended: () => this.map.reveal(null),
    });
    this.after = make("div", { class: "matrix" }, this.pooled.element);
    fill(place, this.player.element, this.steps, make("div", { class: "matrices" },
      make("div", { class: "matrix" }, this.input.element), kernel && make("div", { class: "matrix" }, kernel),
      make("div", { class: "matrix" }, this.map.element), this.after));
  }

  /** Show what the server found (`/api/convolve`). */
  show(found) {
    this.player.pause();
    this.found = found;
    this.kernel = found.kernel.values.map((line) => line.map(([[weight]]) => weight));
    this.padded = flat(found.padded.values);
    const { top, bottom, left, right } = found.padding;
    const [rows, columns] = found.padded.shape;
    const inside = (row, column) => row >= top && row < rows - bottom && column >= left && column < columns - right;
    const around = top + bottom + left + right ? ", zeros around them" : "";
    this.input.show(this.padded, (value) => grey(value), `Pixels, ${rows - top - bottom} × ${columns - left - right}${around}`, inside);
    const result = flat(found.feature_map.values);
    const limit = largest(result);
    this.map.show(result, (value) => signed(value, limit), `Feature map, ${result.length} × ${result[0].length}`);
    this.after.hidden = !found.pooling;
    if (found.pooling) {
      const pooled = flat(found.pooling.pooled_map.values);
      this.pooled.show(pooled, (value) => signed(value, limit), `Pooled map, ${pooled.length} × ${pooled[0].length}`);
    }
    this.cell(Math.min(this.map.at[0], this.map.rows - 1), Math.min(this.map.at[1], this.map.columns - 1));
  }

  /** Show how a cell of the feature map came about. */
  cell(row, column) {
    const cell = this.found.cells[row * this.map.columns + column];
    const [rows, columns] = [this.kernel.length, this.kernel[0].length];
    this.player.at = row * this.map.columns + column;
    this.map.choose(row, column, this.map.element.contains(document.activeElement));
    this.map.unmark();
    this.pooled.unmark("chosen");
    this.input.mark(cell.top, cell.left, rows, columns);
    const values = this.padded.slice(cell.top, cell.top + rows).map((line) => line.slice(cell.left, cell.left + columns));
    writeProducts(this.steps, cell, values, this.kernel, this.found.activation);
  }

  /** Show how a cell of the pooled map came about. */
  pooledCell(row, column) {
    const { cells, pool_size: [rows, columns], kind, padding } = this.found.pooling;
    const cell = cells[row * this.pooled.columns + column];
    this.input.unmark();
    this.map.unmark("chosen");
    this.map.mark(cell.top - padding.top, cell.left - padding.left, rows, columns);
    writePooled(this.steps, cell, kind);
  }

  /** Leave off playing, before the page goes on. */
  stop() {
    this.player.pause();
  }
}
