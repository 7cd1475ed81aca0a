// How one number came about, written out: values times weights, their sum, and what became of it.
import { fill, make } from "../elements/dom.js";
import { short } from "../elements/numbers.js";

/** Return the sum of values times weights, of two matrices of one shape; added up here, not by the server. */
function ownSum(values, weights) {
  return values.reduce((total, line, row) => total + line.reduce((sum, value, column) => sum + value * weights[row][column], 0), 0);
}

/** Write a cell of a feature map. Args: cell: {row, column, value}; values, weights: matrices. Returns the sum. */
export function writeProducts(place, cell, values, weights, activation) {
  const sum = ownSum(values, weights);
  fill(place,
    make("p", {}, make("b", {}, `Row ${cell.row}, column ${cell.column}`), " of the feature map: each number of the window times the weight that lies on it."),
    make("p", { class: "sum" }, values.map((line, row) => [
      make("span", { class: "line" }, line.map((value, column) => [
        row || column ? " + " : "", make("span", { class: weights[row][column] ? "product" : "product zero" }, `${short(value)} × ${short(weights[row][column])}`),
      ])), " "]),
    "= ", make("output", { data: { sum: String(sum) } }, short(sum)),
    activation === "relu" ? [", and relu makes of it ", make("output", { data: { value: String(cell.value) } }, short(cell.value))] : null));
  if (Math.abs((activation === "relu" ? Math.max(0, sum) : sum) - cell.value) > 1e-6 * Math.max(1, Math.abs(cell.value))) {
    place.append(make("p", { class: "problem", role: "alert" }, `The layers give ${cell.value}: please report this.`));
  }
  return sum;
}

/** Write a cell of a pooled map. Args: cell: {row, column, values, value}; kind: "max" or "average". */
export function writePooled(place, cell, kind) {
  const values = cell.values.flat().filter((value) => value !== null).map(short);
  fill(place,
    make("p", {}, make("b", {}, `Row ${cell.row}, column ${cell.column}`), ` of the pooled map: the ${kind === "max" ? "largest" : "mean"} of its window.`),
    make("p", { class: "sum" }, `${kind}(${values.join(", ")}) = `, make("output", { data: { sum: String(cell.value) } }, short(cell.value))));
}
