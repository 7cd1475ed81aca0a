// The list of classes beside the wall: found by typing, chosen, merged; 10,000 are drawn as ten are.
import { find, fill, make, named } from "../elements/dom.js";
import { counted, thousands } from "../elements/numbers.js";
import { matcher } from "../elements/search.js";
import { Wall } from "../tiles.js";

const HEIGHT = 36;

export class ClassList {
  constructor({ view, actions, chosen }) {
    Object.assign(this, { view, actions, chosen });
    this.all = [];
    this.rows = [];
    this.total = 0;
    this.wall = new Wall(find("#class-list"), {
      size: { width: 10_000, height: HEIGHT },
      page: 500,
      load: async (start, count) => this.rows.slice(start, start + count),
      tile: (row) => ({
        children: [make("span", { class: "name" }, row.name === null ? "All" : named(row.name)), make("span", { class: "number" }, thousands(row.photos))],
        label: `${row.name ?? "All"}, ${counted(row.photos, "photo")}`,
        pressed: String(this.view.place === "photos" && this.view.class === row.name),
        data: { class: row.name ?? "" },
      }),
      open: (row) => this.choose(row.name, "photos"),
    });
    find("#find-class").addEventListener("input", () => this.draw());
    find("#find-class").addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      const row = this.rows.find(({ name }) => name !== null);
      if (row) this.choose(row.name, "photos");
    });
    find("#merge").addEventListener("click", () => actions.merge(this.view.class));
  }

  choose(name, place) {
    Object.assign(this.view, { class: name, place, search: "" });
    find("#search").value = "";
    this.chosen();
    this.draw();
  }

  /** Show what `/api/classes` answered. */
  show(found) {
    this.all = found.classes;
    this.total = found.photos;
    this.aside = found.quarantined;
    this.unlabelled = found.unlabelled;
    this.draw();
  }

  draw() {
    find("#find-class").hidden = this.all.length < 12;
    if (this.all.length < 12) find("#find-class").value = ""; // else it would hide classes unseen
    const typed = find("#find-class").value.trim();
    const matches = matcher(typed);
    this.rows = typed ? this.all.filter(({ name }) => matches(name)) : [{ name: null, photos: this.total }, ...this.all];
    find("#merge").hidden = this.all.length < 2;
    this.wall.reset(this.rows.length, this.rows.slice(0, 500));
    const beside = find("#beside");
    const focused = beside.contains(document.activeElement);
    fill(beside,
      this.aside ? make("button", { type: "button", "aria-pressed": String(this.view.place === "quarantine"), onclick: () => this.choose(null, "quarantine") },
        "Set aside", make("span", { class: "number" }, thousands(this.aside))) : null,
      this.unlabelled ? make("a", { class: "row spread", href: "/label" }, "Without a class: label them", make("span", { class: "number" }, thousands(this.unlabelled))) : null);
    beside.hidden = !this.aside && !this.unlabelled;
    if (focused) find("button", beside)?.focus();
  }
}
