// The wall of photos: which are shown, which are chosen, and one of them large.
import { get, picture, send, trying } from "../asking/api.js";
import { newest } from "../asking/latest.js";
import { openDialog } from "../elements/dialog.js";
import { fill, find, make, named } from "../elements/dom.js";
import { counted, outOf } from "../elements/numbers.js";
import { tell } from "../elements/toast.js";
import { Wall } from "../tiles.js";

const PAGE = 200;
const MOST_CHOSEN = 20_000; // at once
const AT_ONCE = 1000; // photos in one answer, as of the server

export class PhotoWall {
  constructor({ view, actions, sides }) {
    Object.assign(this, { view, actions, sides });
    this.chosen = new Map();
    this.last = null; // the place that was chosen last, where a row of them begins
    this.choosing = newest();
    this.wall = new Wall(find("#wall"), {
      page: PAGE,
      size: { width: 124, height: 148 },
      load: async (start, count) => (await get("/api/photos", { ...this.query(), start, count })).photos,
      tile: (photo) => ({
        children: [make("img", { src: picture(photo.id, 192, view.place, photo.version), alt: "", decoding: "async" }),
          make("span", { class: "caption" }, named(view.class === null ? photo.class : photo.name))],
        label: `${photo.name}, ${photo.class}${photo.side ? `, ${photo.side}` : ""}`,
        pressed: String(this.chosen.has(photo.id)),
        data: { photo: photo.id },
      }),
      open: (photo, index, event) => this.choose(photo, index, event.shiftKey),
    });
    const place = find("#wall");
    place.addEventListener("dblclick", (event) => { const tile = event.target.closest(".tile"); if (tile) this.large(Number(tile.dataset.index)); });
    place.addEventListener("keydown", (event) => this.key(event));
    find("#bar").addEventListener("keydown", (event) => this.key(event));
    find("#search").addEventListener("input", () => { view.search = find("#search").value; this.show(); });
    find("#side").addEventListener("change", () => { view.side = find("#side").value || null; this.show(); });
    find("#rename").addEventListener("click", () => actions.rename(view));
    find("#move").addEventListener("click", () => this.act("move"));
    find("#aside").addEventListener("click", () => this.act("aside"));
    find("#back").addEventListener("click", () => this.act("back"));
    find("#choose-all").addEventListener("click", () => this.chooseAll());
    find("#choose-none").addEventListener("click", () => this.chooseNone());
  }

  query() {
    const { class: name, side, search, place } = this.view;
    return { class: name, side, search, place: place === "photos" ? null : place };
  }

  /** Ask for the first page. */
  ask() {
    return get("/api/photos", { ...this.query(), start: 0, count: PAGE });
  }

  /** Show the view from its beginning. */
  async show() {
    const asked = JSON.stringify(this.query());
    const page = await trying(() => this.ask());
    if (!page || asked !== JSON.stringify(this.query())) return;
    this.chooseNone();
    this.showPage(page);
    this.head();
    if (find("#wall").getBoundingClientRect().top < 0) find("#wall-view").scrollIntoView();
  }

  /** Show an answer of `/api/photos`; `gently` keeps what is shown where it is. */
  showPage(page, gently = false) {
    if (gently) this.wall.renew(page.total);
    else this.wall.reset(page.total, page.photos);
    const empty = find("#empty");
    empty.hidden = page.total > 0;
    fill(empty, this.view.search ? "No file has this in its name." : this.view.place === "quarantine" ? "Nothing is set aside."
      : this.view.class !== null ? "No photos in this class: a training would refuse it. Add some, or merge it into another."
        : "No photos yet: drop a folder with a subfolder for each class, or photos.");
    find("#help").hidden = page.total === 0;
    if (gently && this.chosen.size) this.forgetGone();
  }

  /** Those chosen that are no longer there are chosen no more. */
  async forgetGone() {
    const photos = [...this.chosen.keys()];
    const found = await trying(() => send("/api/photos/there", { photos, place: this.view.place }));
    if (!found) return;
    const there = new Set(found.photos);
    for (const id of photos) if (!there.has(id)) this.chosen.delete(id);
    this.markAll();
  }

  head(found = this.found) {
    this.found = found;
    const { view } = this;
    fill(find("#shown-title"), view.place === "quarantine" ? "Set aside" : view.class === null ? "All photos" : named(view.class));
    find("#rename").hidden = view.class === null;
    const sides = this.found?.sides ?? [];
    const select = find("#side");
    if ([...select.options].slice(1).map(({ value }) => value).join("/") !== sides.join("/")) {
      fill(select, make("option", { value: "" }, "all sides"), sides.map((side) => make("option", { value: side }, side)));
      select.value = view.side ?? "";
    }
    select.hidden = sides.length < 2 || view.place !== "photos";
  }

  draw() {
    this.wall.draw();
  }

  choose(photo, index, range) {
    if (range && this.last !== null) this.chooseRow(Math.min(this.last, index), Math.max(this.last, index) + 1);
    else {
      if (this.chosen.has(photo.id)) this.chosen.delete(photo.id);
      else this.chosen.set(photo.id, photo);
      this.mark(index);
      this.say();
    }
    this.last = index;
  }

  mark(index) {
    const item = this.wall.items.get(index);
    this.wall.shown.get(index)?.setAttribute("aria-pressed", String(this.chosen.has(item?.id)));
  }

  markAll() {
    for (const index of this.wall.shown.keys()) this.mark(index);
    this.say();
  }

  chooseNone() {
    this.choosing(); // and what is being chosen is not
    this.chosen.clear();
    this.last = null;
    this.markAll();
  }

  chooseAll() {
    return this.chooseRow(0, this.wall.total);
  }

  /** Choose the photos from one place to before another, those that the wall has not asked for yet too. */
  async chooseRow(from, to) {
    const current = this.choosing();
    const found = [];
    const end = Math.min(to, from + MOST_CHOSEN);
    for (let start = from; start < end; start += AT_ONCE) {
      const page = await trying(() => get("/api/photos", { ...this.query(), start, count: Math.min(AT_ONCE, end - start) }));
      if (!page || !current()) return;
      found.push(...page.photos);
    }
    for (const photo of found) this.chosen.set(photo.id, photo);
    this.markAll();
    if (end < to) tell(`At most ${counted(MOST_CHOSEN, "photo")} are chosen at once; do the others after these.`, { problem: true });
  }

  say() {
    const count = this.chosen.size;
    const focused = find("#bar").contains(document.activeElement);
    find("#bar").hidden = count === 0;
    if (focused && count === 0 && this.wall.total) this.wall.focus();
    const aside = this.view.place === "quarantine";
    find("#back").hidden = !aside;
    find("#aside").hidden = aside;
    find("#move").hidden = aside;
    fill(find("#chosen"), count ? `${counted(count, "photo")} chosen` : "");
  }

  async act(what, photos = [...this.chosen.keys()]) {
    if (!photos.length) return;
    const here = this.wall.at;
    const done = await this.actions[what](photos, this.view);
    if (!done) return;
    for (const id of photos) this.chosen.delete(id); // others that were chosen stay so
    this.last = null;
    this.markAll();
    this.wall.at = Math.min(here, Math.max(0, this.wall.total - 1));
    const focused = document.activeElement;
    if (this.wall.total && (focused === document.body || focused.closest("#wall, #bar"))) this.wall.focus(); // else the user has gone on
  }

  key(event) {
    if (event.altKey || event.metaKey) return;
    const tile = event.target.closest(".tile");
    const index = tile ? Number(tile.dataset.index) : null;
    const photo = index === null ? null : this.wall.items.get(index);
    const chosen = this.chosen.size ? [...this.chosen.keys()] : photo ? [photo.id] : [];
    const aside = this.view.place === "quarantine";
    const key = event.key.toLowerCase();
    if (key === "enter" && tile) this.large(index);
    else if (key === "a") this.chooseAll();
    else if (event.ctrlKey || event.repeat) return; // a key that is held down does it once
    else if (key === "m" && !aside) this.act("move", chosen);
    else if (["q", "delete"].includes(key) && !aside) this.act("aside", chosen);
    else if (key === "b" && aside) this.act("back", chosen);
    else if (key === "escape") this.chooseNone();
    else return;
    event.preventDefault();
  }

  /** Show one photo large; arrows go on. What is done is done to the photo that is seen, wherever it stands in the wall by then. */
  async large(index) {
    let at = index;
    let photo = await this.wall.item(index);
    if (!photo) return;
    const stepping = newest();
    const image = make("img", { alt: "" });
    const where = make("p", { class: "quiet" });
    const show = () => {
      image.src = picture(photo.id, 1024, this.view.place, photo.version);
      fill(find("h2", dialog), named(photo.name));
      fill(where, named(photo.class), photo.side ? ` (${photo.side})` : "", `, ${outOf(at + 1, this.wall.total)}`);
    };
    const step = async (by) => {
      const current = stepping();
      const next = await this.wall.item(at + by);
      if (!next || !current()) return;
      at += by;
      photo = next;
      show();
    };
    const act = async (what) => { dialog.close(); await this.act(what, [photo.id]); };
    const button = (text, onclick, looks = null) => make("button", { type: "button", class: looks, onclick }, text);
    const dialog = openDialog({ title: named(photo.name), class: "large", closed: () => { this.wall.at = at; this.wall.focus(); } }, image, where,
      make("div", { class: "row" },
        button("Previous", () => step(-1)), button("Next", () => step(1)),
        this.view.place === "quarantine" ? button("Bring back", () => act("back")) : [button("Move to ...", () => act("move")), button("Set aside", () => act("aside"))],
        button("Close", () => dialog.close(), "main")));
    dialog.addEventListener("keydown", (event) => {
      const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (by && !event.altKey && !event.ctrlKey && !event.metaKey) step(by);
    });
    show();
  }
}
