// Which class was taken for which: a small table to click where there are few classes, else the commonest pairs.
import { make, named } from "../elements/dom.js";
import { counted } from "../elements/numbers.js";

const TABLE = 10; // classes at most
const LISTED = 12; // pairs

/** Return it. Args: summary: of /api/mistakes; chosen: {label, said} or null; choose: called with a pair, or null for all. */
export function pairsOf(summary, chosen, choose) {
  const { pairs, classes } = summary;
  if (!pairs.length) return null;
  const same = (one) => chosen !== null && one.label === chosen.label && one.said === chosen.said;
  const click = (one) => choose(same(one) ? null : { label: one.label, said: one.said });
  const title = (one) => `${counted(one.photos, "photo")} of ${one.label} taken for ${one.said}`;
  if (summary.several || classes.length > TABLE) {
    return make("div", { class: "row pairs" }, pairs.slice(0, LISTED).map((one) => make("button",
      { type: "button", "aria-pressed": String(same(one)), onclick: () => click(one) }, `${one.photos} `, named(one.label), " taken for ", named(one.said))));
  }
  const at = new Map(pairs.map((one) => [JSON.stringify([one.label, one.said]), one]));
  return make("div", { class: "wide" }, make("p", { class: "quiet" }, "Rows: what a photo is. Columns: what it was taken for. Click a number."),
    make("table", { class: "confusion", "aria-label": "Which class was taken for which" },
    make("thead", {}, make("tr", {}, make("td", {}), classes.map((name) => make("th", { scope: "col", title: name }, named(name))))),
    make("tbody", {}, classes.map((label) => make("tr", {}, make("th", { scope: "row", title: label }, named(label)), classes.map((said) => {
      const one = at.get(JSON.stringify([label, said]));
      return make("td", {}, one ? make("button", { type: "button", "aria-pressed": String(same(one)), "aria-label": title(one), title: title(one), onclick: () => click(one) }, String(one.photos))
        : make("span", { "aria-hidden": "true", class: "quiet" }, label === said ? "" : "·"));
    }))))));
}
