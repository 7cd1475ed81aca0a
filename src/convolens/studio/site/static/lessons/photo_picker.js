// The photo that a lesson works with: one of the open folder, one that is dropped, or a sample; it stays in the address (`?photo=`).
import { get, send, trying } from "../asking/api.js";
import { fill, make, named } from "../elements/dom.js";

const SIDE = 96; // pixels

const photoAddress = (photo) => `/api/${photo.startsWith("~") ? "chosen" : "pictures"}/${photo}?side=${SIDE}`;

/** Whether a photo that is not in the list can be shown: it may be gone, or was dropped before the studio ended. */
function there(photo) {
  return new Promise((done) => {
    const picture = new Image();
    picture.addEventListener("load", () => done(true));
    picture.addEventListener("error", () => done(false));
    picture.src = photoAddress(photo);
  });
}

export class PhotoPicker {
  /** Args: place: an empty element; changed: called with a photo's id, at first too; label, parameter: of the group, and in the address; start: which of the list is taken at first. */
  constructor(place, changed, { label = "Photo", parameter = "photo", start = 0 } = {}) {
    Object.assign(this, { place, changed, parameter, start });
    this.value = null;
    this.items = [];
    this.strip = make("div", { class: "strip", role: "radiogroup", "aria-label": label, onkeydown: (event) => this.#key(event) });
    const file = make("input", { type: "file", accept: "image/*", onchange: () => { this.#drop(file.files[0]); file.value = ""; } });
    this.said = make("p", { class: "quiet" });
    fill(place, this.strip, make("div", { class: "row" }, make("label", { class: "button" }, "Another photo from a file …", file),
      make("span", { class: "quiet" }, "or drop one here; it is only looked at, never kept.")), this.said);
    place.classList.add("picker");
    place.addEventListener("dragover", (event) => { event.preventDefault(); place.classList.add("over"); });
    place.addEventListener("dragleave", () => place.classList.remove("over"));
    place.addEventListener("drop", (event) => { event.preventDefault(); place.classList.remove("over"); this.#drop(event.dataTransfer.files[0]); });
  }

  /** Ask for the photos, and choose the one in the address, or the first. */
  async load() {
    const { photos, samples, problem } = await get("/api/chosen");
    this.items = [...photos, ...samples];
    const asked = new URLSearchParams(location.search).get(this.parameter);
    if (asked && !this.items.some(({ id }) => id === asked) && await there(asked)) this.items.unshift({ id: asked, name: "the photo of before", label: "" });
    fill(this.said, problem ?? (photos.length ? "" : "These are samples; open a folder of your own photos on the Photos page to see them here."));
    const known = this.items.some(({ id }) => id === asked);
    this.#choose(known ? asked : this.items[Math.min(this.start, this.items.length - 1)].id);
  }

  async #drop(file) {
    if (!file) return;
    await trying(async () => {
      const dropped = await send("/api/chosen", file);
      this.items = [{ ...dropped, name: file.name || dropped.name }, ...this.items.filter(({ id }) => id !== dropped.id)];
      this.#choose(dropped.id);
    });
  }

  #choose(photo, focus = false) {
    this.value = photo;
    const address = new URL(location.href);
    address.searchParams.set(this.parameter, photo);
    history.replaceState(null, "", address);
    this.#draw();
    const chosen = this.strip.querySelector("[aria-checked=true]");
    if (chosen) this.strip.scrollLeft = chosen.offsetLeft - this.strip.offsetLeft - (this.strip.clientWidth - chosen.clientWidth) / 2;
    if (focus) chosen?.focus();
    this.changed(photo);
  }

  #draw() {
    fill(this.strip, this.items.map(({ id, name, label }) => {
      const words = label ? `${name}, ${label}` : name;
      return make("button", {
        type: "button", role: "radio", "aria-checked": String(id === this.value), tabindex: id === this.value ? 0 : -1, title: words,
        data: { photo: id }, onclick: () => this.#choose(id, true),
      }, make("img", { src: photoAddress(id), alt: "", width: 72, height: 72, loading: "lazy" }), make("span", { class: "hidden" }, named(words)));
    }));
  }

  #key(event) {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const at = this.items.findIndex(({ id }) => id === this.value);
    this.#choose(this.items[(at + step + this.items.length) % this.items.length].id, true);
  }
}
