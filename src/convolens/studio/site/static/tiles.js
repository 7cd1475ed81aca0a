// A wall of tiles of which only those near the window exist, so that 60,000 scroll as 60 do.
import { trying } from "./asking/api.js";
import { make } from "./elements/dom.js";

const AHEAD = 800; // pixels above and below the window that are drawn too

/**
 * Args:
 *   place: an empty element, which becomes the wall.
 *   load: (start, count) => Promise of that many items from `start`; asked for a page at a time.
 *   tile: (item, index) => contents and attributes: {children, label, data, class}.
 *   size: {width, height} of a tile at least, in pixels; columns share what is left.
 *   open: (item, index, event) => called by click, Enter or Space.
 * Arrow keys, Home and End move; one tile is in the order of Tab.
 */
export class Wall {
  constructor(place, { load, tile, open = () => {}, size = { width: 128, height: 128 }, page = 200 }) {
    Object.assign(this, { place, load, tile, open, size, page });
    this.total = 0;
    this.items = new Map();
    this.pages = new Map();
    this.shown = new Map();
    this.at = 0;
    this.generation = 0;
    this.wanted = null;
    place.classList.add("wall");
    place.setAttribute("role", "group");
    place.addEventListener("keydown", (event) => this.#key(event));
    new ResizeObserver(() => this.draw()).observe(place);
    window.addEventListener("scroll", () => this.draw(), { passive: true, capture: true }); // of the window, or of a box around the wall
  }

  /** Show so many items, all asked for anew; those of the first page may be given. */
  reset(total, first = []) {
    if (total && this.place.contains(document.activeElement)) this.wanted = Math.min(this.at, total - 1);
    this.generation += 1;
    this.total = total;
    this.items.clear();
    this.pages.clear();
    if (first.length) this.pages.set(0, Promise.resolve());
    first.forEach((item, index) => this.items.set(index, item));
    for (const element of this.shown.values()) element.remove();
    this.shown.clear();
    this.at = Math.min(this.at, Math.max(0, total - 1));
    this.draw();
  }

  /** Ask for all items anew, of which there are so many now; what is shown stays until the answers are there. */
  renew(total) {
    this.generation += 1;
    this.total = total;
    this.pages.clear();
    for (const index of this.items.keys()) if (index >= total) this.items.delete(index);
    for (const [index, element] of this.shown) {
      if (index < total) continue;
      element.remove();
      this.shown.delete(index);
    }
    this.at = Math.min(this.at, Math.max(0, total - 1));
    const pages = new Set([...this.shown.keys()].map((index) => Math.floor(index / this.page)));
    const kept = new Set([...pages].flatMap((number) => Array.from({ length: this.page }, (_, place) => number * this.page + place)));
    for (const index of this.items.keys()) if (!kept.has(index)) this.items.delete(index);
    for (const number of pages) this.#ask(number * this.page, true);
    this.draw();
  }

  /** Return an item, asked for where it is not there yet; undefined where there is none. */
  async item(index) {
    if (index < 0 || index >= this.total) return undefined;
    if (!this.items.has(index)) await this.#ask(index);
    return this.items.get(index);
  }

  /** Draw an item that is there anew, after a change of it. */
  update(index) {
    const focused = this.shown.get(index) === document.activeElement;
    this.shown.get(index)?.remove();
    this.shown.delete(index);
    if (focused) this.wanted = index;
    this.draw();
  }

  /** Give the tile in the order of Tab the focus. */
  focus() {
    this.#move(this.at);
  }

  get columns() {
    return Math.max(1, Math.floor(this.place.clientWidth / this.size.width));
  }

  draw() {
    const columns = this.columns;
    const width = this.place.clientWidth / columns;
    const { height } = this.size;
    this.place.style.height = `${Math.ceil(this.total / columns) * height}px`;
    const top = -this.place.getBoundingClientRect().top;
    const from = Math.max(0, Math.floor((top - AHEAD) / height)) * columns;
    const to = Math.min(this.total, Math.ceil((top + window.innerHeight + AHEAD) / height) * columns);
    for (const [index, element] of this.shown) {
      if ((index < from || index >= to) && element !== document.activeElement) {
        element.remove();
        this.shown.delete(index);
      }
    }
    const seen = Math.ceil((top + window.innerHeight) / height) * columns; // the first that lies below the window
    for (let index = from; index < to; index += 1) {
      const item = this.items.get(index);
      if (item === undefined) this.#ask(index);
      else if (!this.shown.has(index)) this.#add(index, item, index < seen);
    }
    if (to < this.total) this.#ask(Math.min(to + this.page, this.total - 1)); // what may be scrolled to next
    if (from > 0) this.#ask(Math.max(0, from - this.page));
    for (const [index, element] of this.shown) {
      element.style.width = `${width}px`;
      element.style.height = `${height}px`;
      element.style.transform = `translate(${(index % columns) * width}px, ${Math.floor(index / columns) * height}px)`;
    }
  }

  #ask(index, again = false) {
    const number = Math.floor(index / this.page);
    if (this.pages.has(number)) return this.pages.get(number);
    const { generation } = this;
    const asked = trying(() => this.load(number * this.page, this.page)).then((items) => {
      if (generation !== this.generation) return;
      if (!items) { this.pages.delete(number); return; } // it is asked for again when the wall is drawn
      items.forEach((item, place) => {
        const at = number * this.page + place;
        const changed = again && JSON.stringify(this.items.get(at)) !== JSON.stringify(item);
        this.items.set(at, item);
        if (changed && this.shown.has(at)) this.update(at);
      });
      this.draw();
    });
    this.pages.set(number, asked);
    return asked;
  }

  #add(index, item, soon) {
    const { children, label, data = {}, class: more = "", pressed = null } = this.tile(item, index);
    const element = make("button", {
      type: "button", class: `tile ${more}`, "aria-label": label, title: label, tabindex: index === this.at ? 0 : -1,
      "aria-pressed": pressed, data: { index, ...data }, onclick: (event) => { this.#move(index, false); this.open(item, index, event); },
    }, children);
    for (const image of element.querySelectorAll("img")) image.fetchPriority = soon ? "high" : "low"; // first what is in the window
    this.shown.set(index, element);
    // tiles stand in the document in their order, as they are read aloud
    const next = [...this.shown.keys()].filter((other) => other > index && this.shown.get(other).isConnected).sort((a, b) => a - b)[0];
    this.place.insertBefore(element, next === undefined ? null : this.shown.get(next));
    if (index === this.wanted) {
      this.wanted = null;
      const free = document.activeElement === document.body || this.place.contains(document.activeElement);
      if (free) element.focus({ preventScroll: true }); // else the user has gone on meanwhile
    }
  }

  #move(index, focus = true) {
    this.shown.get(this.at)?.setAttribute("tabindex", -1);
    this.at = Math.max(0, Math.min(this.total - 1, index));
    if (focus) this.#scroll();
    this.draw();
    const element = this.shown.get(this.at);
    element?.setAttribute("tabindex", 0);
    if (focus && element) element.focus({ preventScroll: true });
    else if (focus) this.wanted = this.at; // it gets the focus when it is there
  }

  /** Scroll the window, or the box around the wall, to the tile in the order of Tab. */
  #scroll() {
    const box = this.place.closest(".scroll");
    const { top: above, bottom: below } = box?.getBoundingClientRect() ?? { top: 80, bottom: window.innerHeight }; // below the header
    const top = this.place.getBoundingClientRect().top + Math.floor(this.at / this.columns) * this.size.height;
    if (top < above || top + this.size.height > below) (box ?? window).scrollBy(0, top - (above + below) / 2);
  }

  #key(event) {
    const steps = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: this.columns, ArrowUp: -this.columns, Home: -this.total, End: this.total };
    if (!(event.key in steps) || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    this.#move(this.at + steps[event.key]);
  }
}
