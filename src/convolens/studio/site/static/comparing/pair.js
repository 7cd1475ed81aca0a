// Two runs photo by photo: what got fixed, what broke, and whether it is more than chance.
import { get, picture, trying } from "../asking/api.js";
import { showing } from "../asking/problem.js";
import { runText } from "../asking/runs.js";
import { fill, find, make, named } from "../elements/dom.js";
import { counted, percent, thousands } from "../elements/numbers.js";
import { Wall } from "../tiles.js";

const CHANGES = {
  broken: ["got broken", "No photo that was right before is wrong now."],
  fixed: ["got fixed", "No photo that was wrong before is right now."],
  wrong: ["both get wrong", "No photo is wrong for both."],
};

/** The part of the page that compares two runs. */
export class Pair {
  constructor() {
    this.found = null;
    this.wall = new Wall(find("#wall"), {
      size: { width: 150, height: 190 },
      load: async (start, count) => this.found.pairs[this.change].slice(start, start + count),
      tile: (pair) => this.#tile(pair),
      open: (pair) => this.#open(pair),
    });
    find("#close").addEventListener("click", () => find("#photo").close());
    find("#pair").addEventListener("submit", (event) => { event.preventDefault(); this.compare(); });
  }

  /** Offer runs, the older of the two newest first. */
  offer(runs, current) {
    const ready = runs.filter((run) => run.ready);
    find("#two").hidden = ready.length < 2;
    for (const select of [find("#first"), find("#second")]) {
      const before = select.value;
      fill(select, ready.map((run) => make("option", { value: run.id }, runText(run))));
      if (ready.some((run) => run.id === before)) select.value = before;
    }
    const chosen = ready.find((run) => run.id === current) ?? ready[0];
    const other = ready.find((run) => run !== chosen);
    if (chosen && other && find("#first").value === find("#second").value) [find("#first").value, find("#second").value] = [other.id, chosen.id];
  }

  async compare() {
    const button = find("#compare");
    button.textContent = "Comparing …";
    await trying(() => showing(find("#wrong"), async () => {
      find("#found").hidden = true; // it is not of what is asked now
      this.found = await get("/api/compare/pair", { first: find("#first").value, second: find("#second").value, on: find("#on").value });
      this.#show();
    }), button);
    button.textContent = "Compare";
  }

  #show() {
    const { found } = this;
    find("#found").hidden = false;
    find("#verdict").textContent = found.verdict;
    fill(find("#numbers"), `${counted(found.photos, "photo")}: `, named(found.first), ` is right on ${percent(found.first_accuracy)}, `, named(found.second), ` on ${percent(found.second_accuracy)}. ${thousands(found.fixed)} got fixed, ${thousands(found.broken)} broken; ${thousands(found.right)} right and ${thousands(found.wrong)} wrong in both.`);
    fill(find("#warnings"), found.warnings.map((line) => make("li", {}, line)));
    fill(find("#changes"), Object.entries(CHANGES).map(([change, [text]]) =>
      make("button", { type: "button", data: { change }, onclick: () => this.#choose(change) }, `${thousands(found.pairs[change].length)} ${text}`)));
    this.#choose(["broken", "fixed", "wrong"].find((change) => found.pairs[change].length) ?? "broken");
  }

  #choose(change) {
    this.change = change;
    for (const button of find("#changes").children) button.setAttribute("aria-pressed", String(button.dataset.change === change));
    const pairs = this.found.pairs[change];
    find("#nothing").hidden = pairs.length > 0;
    find("#nothing").textContent = CHANGES[change][1];
    find("#wall").hidden = !pairs.length;
    this.wall.reset(pairs.length);
  }

  #tile(pair) {
    const image = pair.photo ? make("img", { src: picture(pair.photo), alt: "", loading: "lazy" }) : make("span", { class: "none" }, named(pair.path));
    const said = (answer, confidence) => `${answer || "no label"} ${percent(confidence, 0)}`;
    return {
      label: `${pair.path}: ${pair.label || "no label"}; ${this.found.first} says ${said(pair.first, pair.first_confidence)}, ${this.found.second} ${said(pair.second, pair.second_confidence)}`,
      children: [image, make("span", { class: "caption" }, "is ", named(pair.label || "no label")),
        make("span", { class: "caption" }, "was: ", named(said(pair.first, pair.first_confidence))), make("span", { class: "caption" }, "now: ", named(said(pair.second, pair.second_confidence)))],
    };
  }

  #open(pair) {
    fill(find("#photo-title"), named(pair.path));
    fill(find("#photo-shown"), pair.photo && make("img", { src: picture(pair.photo, 1024), alt: `Photo of ${pair.label}` }),
      make("dl", {}, make("dt", {}, "It is"), make("dd", {}, named(pair.label || "no label")),
        make("dt", {}, named(this.found.first)), make("dd", {}, named(pair.first || "no label"), `, ${percent(pair.first_confidence)} sure`),
        make("dt", {}, named(this.found.second)), make("dd", {}, named(pair.second || "no label"), `, ${percent(pair.second_confidence)} sure`)));
    find("#photo").showModal();
  }
}
