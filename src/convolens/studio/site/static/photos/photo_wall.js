// The wall of photos: which are shown, which are chosen, and one of them large.
import { get, picture, send, trying } from "../api.js";
import { counted, fill, find, make, named } from "../dom.js";
import { Wall } from "../tiles.js";

const PAGE = 200;
const MOST_CHOSEN = 20_000; // at once

export class PhotoWall {
  constructor({ view, actions, sides }) {
    Object.assign(this, { view, actions, sides });
    this.chosen = new Map();
    this.last = null;
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
    const { place } = this.view;
    const there = new Set((await trying(() => send("/api/photos/there", { photos: [...this.chosen.keys()], place })))?.photos ?? []);
    for (const id of this.chosen.keys()) if (!there.has(id)) this.chosen.delete(id);
    this.markAll();
  }

  head(found = this.found) {
    this.found = found;
    const { view } = this;
    fill(find("#shown-title"), view.place === "quarantine" ? "Set aside" : view.class === null ? "All photos" : named(view.class));
    find("#rename").hidden = view.class === null;
    const sides = this.found?.sides ?? [];
    const select = find("#side");
    if (select.options.length !== sides.length + 1) {
      fill(select, make("option", { value: "" }, "all sides"), sides.map((side) => make("option", { value: side }, side)));
    }
    select.hidden = sides.length < 2 || view.place !== "photos";
  }

  draw() {
    this.wall.draw();
  }

  choose(photo, index, range) {
    if (range && this.last !== null) {
      for (let at = Math.min(this.last, index); at <= Math.max(this.last, index); at += 1) {
        const item = this.wall.items.get(at);
        if (item) this.chosen.set(item.id, item);
        this.mark(at);
      }
    } else {
      if (this.chosen.has(photo.id)) this.chosen.delete(photo.id);
      else this.chosen.set(photo.id, photo);
      this.mark(index);
    }
    this.last = index;
    this.say();
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
    this.chosen.clear();
    this.last = null;
    this.markAll();
  }

  async chooseAll() {
    const total = Math.min(this.wall.total, MOST_CHOSEN);
    for (let start = 0; start < total; start += 1000) {
      const page = await trying(() => get("/api/photos", { ...this.query(), start, count: 1000 }));
      if (!page) return;
      page.photos.forEach((photo) => this.chosen.set(photo.id, photo));
    }
    this.markAll();
  }

  say() {
    const count = this.chosen.size;
    find("#bar").hidden = count === 0;
    const aside = this.view.place === "quarantine";
    find("#back").hidden = !aside;
    find("#aside").hidden = aside;
    find("#move").hidden = aside;
    fill(find("#chosen"), count ? `${counted(count, "photo")} chosen` : "");
  }

  async act(what, photos = [...this.chosen.keys()]) {
    if (!photos.length) return false;
    const here = this.wall.at;
    const done = await this.actions[what](photos, this.view);
    if (!done) return false;
    this.chooseNone();
    this.wall.at = Math.min(here, Math.max(0, this.wall.total - 1));
    if (this.wall.total) this.wall.focus();
    return true;
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
    else if (event.ctrlKey) return;
    else if (key === "m" && !aside) this.act("move", chosen);
    else if (["q", "delete"].includes(key) && !aside) this.act("aside", chosen);
    else if (key === "b" && aside) this.act("back", chosen);
    else if (key === "escape") this.chooseNone();
    else return;
    event.preventDefault();
  }

  /** Show one photo large; arrows go on. */
  large(index) {
    let at = index;
    const image = make("img", { alt: "" });
    const title = make("h2", { id: "large-title" });
    const where = make("p", { class: "quiet" });
    const show = () => {
      const photo = this.wall.items.get(at);
      image.src = picture(photo.id, 1024, this.view.place, photo.version);
      fill(title, named(photo.name));
      fill(where, named(photo.class), photo.side ? ` (${photo.side})` : "", `, ${at + 1} of ${this.wall.total.toLocaleString("en")}`);
    };
    const step = (by) => { if (this.wall.items.has(at + by)) { at += by; show(); } };
    const act = async (what) => { const photo = this.wall.items.get(at); dialog.close(); await this.act(what, [photo.id]); };
    const aside = this.view.place === "quarantine";
    const dialog = make("dialog", { class: "large", "aria-labelledby": "large-title" }, title, image, where,
      make("div", { class: "row" },
        make("button", { type: "button", onclick: () => step(-1) }, "Previous"), make("button", { type: "button", onclick: () => step(1) }, "Next"),
        aside ? make("button", { type: "button", onclick: () => act("back") }, "Bring back") : [
          make("button", { type: "button", onclick: () => act("move") }, "Move to ..."),
          make("button", { type: "button", onclick: () => act("aside") }, "Set aside")],
        make("button", { type: "button", class: "main", onclick: () => dialog.close() }, "Close")));
    dialog.addEventListener("keydown", (event) => {
      if (event.key === "ArrowRight") step(1);
      if (event.key === "ArrowLeft") step(-1);
    });
    dialog.addEventListener("close", () => { dialog.remove(); this.wall.at = at; this.wall.focus(); });
    document.body.append(dialog);
    show();
    dialog.showModal();
  }
}
