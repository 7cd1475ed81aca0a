// What `check` finds in the photos, each finding with what can be done about it in one click.
import { get, picture, send, trying } from "../asking/api.js";
import { newest, rested } from "../asking/latest.js";
import { fill, find, make, named } from "../elements/dom.js";
import { Meter } from "../elements/meter.js";
import { counted, duration, outOf, percent, thousands } from "../elements/numbers.js";
import { keep } from "../mistakes/decisions.js";

const SHOWN = 24; // of each kind at first
const MOST = 2000; // of each kind that the studio tells

const KINDS = {
  broken: ["Broken files", "They cannot be read, and no training would see them."],
  conflicts: ["The same photo in two classes", "One of the two labels is wrong."],
  leaks: ["The same photo on two sides", "Scores are too good where a photo of the validation was learnt from. Set one of the two aside."],
  label_errors: ["Perhaps in the wrong class", "A learnt network, asked about each photo without having seen it, says another class. Look at each: either may be wrong."],
  duplicates: ["The same photo twice", "They weigh double, and one may end up on each side of a split."],
  blank: ["Photos that show too little", "Blank or plain ones: look whether they are what they should be."],
};

export class Findings {
  constructor({ actions }) {
    this.actions = actions;
    this.counted = () => {};
    this.limits = new Map(); // kind -> how many of it are shown
    this.folded = new Set(); // kinds
    this.soon = rested(() => this.load(), 300); // for when the photos have changed
    this.asking = newest();
    this.begun = null; // milliseconds, of a check that began on this page
    this.meter = new Meter(make("button", { type: "button", onclick: (event) => trying(() => send("/api/findings", {}, { method: "DELETE" }), event.target) }, "Cancel"));
  }

  /** News of the check: how far it is, or that it has ended. */
  heard(values) {
    if (values?.running) this.showProgress(values);
    if (!values?.running || !this.meter.element.isConnected) this.load();
  }

  async load() {
    const current = this.asking();
    const answer = await trying(() => get("/api/findings"));
    if (answer && current()) this.show(answer);
  }

  show({ running, progress, problem, found }) {
    const rows = (kind) => found?.[kind] ?? [];
    const total = Object.keys(KINDS).reduce((sum, kind) => sum + rows(kind).length, 0);
    this.counted(found ? total : null);
    if (!running) this.begun = null;
    const start = make("button", { type: "button", class: found && !found.old ? "" : "main", onclick: () => this.check(start) }, found ? "Check again" : "Check these photos");
    const place = find("#findings");
    const focused = [...place.querySelectorAll("button")].indexOf(document.activeElement);
    fill(place,
      make("section", { class: "card" },
        make("div", { class: "row" }, running ? null : start,
          found ? make("span", {}, `Checked ${found.time}: ${counted(found.photos, "photo")}, ${counted(total, "finding")} left`, found.dealt_with ? `, ${found.dealt_with} dealt with` : "", ".")
            : make("span", { class: "quiet" }, "Looks for broken files, the same photo twice, leaks between sides, and photos in the wrong class. It changes nothing.")),
        running ? this.meter.element : null,
        problem ? make("p", { class: "problem" }, problem) : null,
        found?.old ? make("p", { class: "quiet old" }, "Photos were moved, added, removed or changed since. Check again to see what they are like now.") : null,
        (found?.lines ?? []).map((line) => make("p", {}, named(line)))),
      Object.entries(KINDS).filter(([kind]) => rows(kind).length).map(([kind, [title, why]]) => this.kind(kind, title, why, rows(kind), found.counts[kind])),
      found && !total && !running && !found.old ? make("p", { class: "good" }, "Nothing is wrong with them, as far as can be seen.") : null);
    if (running) this.showProgress(progress ?? { title: "checking", done: 0, total: 0 });
    if (focused >= 0) [...place.querySelectorAll("button")].slice(0, focused + 1).at(-1)?.focus(); // where the one was that was pressed
  }

  async check(button) {
    if (await trying(() => send("/api/findings"), button)) {
      this.begun = Date.now();
      this.load();
    }
  }

  showProgress({ title, done, total }) {
    this.meter.show(title, done, total, this.begun === null ? "" : `, ${duration((Date.now() - this.begun) / 1000)}`);
  }

  kind(kind, title, why, rows, inAll) {
    const limit = this.limits.get(kind) ?? SHOWN;
    const box = make("details", { class: "kind", open: !this.folded.has(kind), data: { kind } },
      make("summary", {}, `${title}: ${inAll > rows.length && rows.length >= MOST ? outOf(rows.length, inAll) : thousands(rows.length)}`),
      make("p", { class: "quiet" }, why),
      this.forAll(kind, rows),
      make("ul", { class: rows[0].photos ? "pieces pairs" : "pieces" }, rows.slice(0, limit).map((row) => make("li", { class: "piece" }, row.photos ? this.pair(row) : this.single(kind, row)))),
      rows.length > limit ? make("button", { type: "button", onclick: () => { this.limits.set(kind, limit + 5 * SHOWN); this.load(); } }, `Show more of ${thousands(rows.length)}`) : null);
    box.addEventListener("toggle", () => this.folded[box.open ? "delete" : "add"](kind));
    return box;
  }

  forAll(kind, rows) {
    if (rows.length < 2) return null;
    const aside = (photos, text) => make("button", { type: "button", onclick: () => this.actions.aside([...new Set(photos)]) }, text);
    if (kind === "broken") return aside(rows.map(({ photo }) => photo), `Set all ${thousands(rows.length)} aside`);
    if (kind === "duplicates") return aside(rows.map(({ photos }) => photos[1].photo), "Set the second of each pair aside");
    return null;
  }

  keep({ photo, path, class: label }) {
    return keep({ photo, label, name: path }, () => this.load());
  }

  image(photo, path) {
    return make("img", { class: "picture", src: picture(photo, 192), alt: path, title: path, loading: "lazy" });
  }

  single(kind, row) {
    return [
      this.image(row.photo, row.path),
      make("p", {}, named(row.path)),
      kind === "broken" ? make("p", { class: "problem" }, row.reason) : null,
      kind === "label_errors" ? make("p", {}, "is in ", make("b", {}, named(row.class)), ", rather ", make("b", {}, named(row.suggested)), ` (${percent(row.probability_of_suggested, 0)})`) : null,
      make("div", { class: "row" },
        kind === "label_errors" && [
          make("button", { type: "button", "aria-label": `Keep ${row.path} in ${row.class}`, onclick: () => this.keep(row) }, "Keep"),
          make("button", { type: "button", onclick: () => this.actions.moveTo([row.photo], row.suggested) }, "Move to ", named(row.suggested))],
        make("button", { type: "button", "aria-label": `Set ${row.path} aside`, onclick: () => this.actions.aside([row.photo]) }, "Set aside")),
    ];
  }

  pair({ photos, kind, similarity }) {
    const differ = photos[0].class !== photos[1].class;
    return [
      make("div", { class: "two" }, photos.map((one, index) => make("div", {},
        this.image(one.photo, one.path), make("p", {}, named(one.path)),
        make("div", { class: "row" },
          make("button", { type: "button", "aria-label": `Set ${one.path} aside`, onclick: () => this.actions.aside([one.photo]) }, "Set aside"),
          differ ? make("button", { type: "button", onclick: () => this.actions.moveTo([one.photo], photos[1 - index].class) }, "Move to ", named(photos[1 - index].class)) : null)))),
      make("p", { class: "quiet" }, `${kind}, similarity ${similarity.toFixed(3)}`),
    ];
  }
}
