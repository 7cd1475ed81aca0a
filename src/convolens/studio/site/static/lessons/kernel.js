// A kernel that can be edited: by name, by size, weight by weight.
import { get } from "../asking/api.js";
import { fill, make } from "../elements/dom.js";
import { css, readable, signed } from "./colours.js";
import { choice } from "./fields.js";

const LARGEST = 7;
const OWN = "own";
let known = null;

/** The kernels that have a name: [{name, values}]; asked for once. */
const namedKernels = () => (known ??= get("/api/convolve/kernels").then(({ kernels }) => kernels));

export class Kernel {
  /** Args: changed: called with the weights, rows of them, after each change; caption: of the matrix. */
  constructor(changed, { caption = "Kernel" } = {}) {
    this.changed = changed;
    this.values = [[1]];
    this.presets = choice({ label: "Kernel", options: [[OWN, "your own"]], changed: (name) => this.#named(name), data: { field: "preset" } });
    this.size = choice({
      label: "Size", options: Array.from({ length: LARGEST }, (_, place) => [place + 1, `${place + 1} × ${place + 1}`]),
      changed: (size) => this.#resize(Number(size)), data: { field: "kernel-size" },
    });
    this.body = make("tbody");
    this.table = make("table", { class: "numbers kernel", data: { grid: "kernel" } }, make("caption", {}, caption), this.body);
    this.element = this.table;
  }

  /** Begin with a named kernel, without telling. */
  async load(name = "sobel-x") {
    this.kernels = await namedKernels();
    fill(this.presets.select, [...this.kernels.map((kernel) => kernel.name), OWN].map((one) => make("option", { value: one }, one === OWN ? "your own" : one)));
    this.presets.value = name;
    this.#take(this.kernels.find((kernel) => kernel.name === name).values);
  }

  /** Show weights that come from elsewhere, and tell. */
  set(values) {
    this.presets.value = OWN;
    this.#take(values);
    this.changed(this.values);
  }

  #named(name) {
    const found = this.kernels.find((kernel) => kernel.name === name);
    if (!found) return;
    this.#take(found.values);
    this.changed(this.values);
  }

  #resize(size) {
    const cut = (before) => Math.floor((size - before) / 2); // grown and cut about its middle
    const [rows, columns] = [this.values.length, this.values[0].length];
    const values = Array.from({ length: size }, (_, row) => Array.from({ length: size }, (__, column) => this.values[row - cut(rows)]?.[column - cut(columns)] ?? 0));
    this.set(values);
  }

  #take(values) {
    this.values = values.map((line) => [...line]);
    if (values.length === values[0].length) this.size.value = values.length;
    fill(this.body, this.values.map((line, row) => make("tr", {}, line.map((weight, column) => {
      const input = make("input", { type: "number", step: "any", value: Number(weight.toPrecision(3)), title: String(weight), "aria-label": `weight in row ${row}, column ${column}` });
      input.addEventListener("input", () => {
        if (input.value === "" || !Number.isFinite(Number(input.value))) return;
        this.values[row][column] = Number(input.value);
        this.presets.value = OWN;
        this.#colour();
        this.changed(this.values);
      });
      return make("td", {}, input);
    }))));
    this.#colour();
  }

  #colour() {
    const limit = Math.max(...this.values.flat().map(Math.abs), 1e-9);
    this.body.querySelectorAll("input").forEach((input, place) => {
      const shade = signed(this.values.flat()[place], limit);
      input.style.backgroundColor = css(shade);
      input.style.color = readable(shade);
    });
  }
}
