// Twenty variations of a photo, and what was drawn for each.
import { fill, make } from "../elements/dom.js";
import { fetchSprite, showTile } from "./sprite.js";

export class Variations {
  /** Args: place: an empty element. */
  constructor(place) {
    this.list = make("div", { class: "variations", role: "group", "aria-label": "Variations" });
    this.said = make("p", { class: "quiet drawn", role: "status" });
    fill(place, this.list, this.said);
  }

  /** Ask for variations (`POST /api/augment`), show them, and return what is told of them. */
  async ask(asked) {
    const found = await fetchSprite(this.list, "/api/augment", asked);
    const { drawn, columns } = found.told;
    const picture = new Image();
    picture.src = found.address;
    await picture.decode();
    while (this.list.children.length < drawn.length) this.list.append(this.#tile());
    [...this.list.children].forEach((tile, place) => {
      showTile(tile, found.address, place, columns, Math.ceil(drawn.length / columns));
      tile.setAttribute("aria-label", `${place + 1}: ${drawn[place]}`);
      tile.title = drawn[place];
    });
    return found.told;
  }

  #tile() {
    const tile = make("div", { role: "img", tabindex: 0 });
    const tell = () => fill(this.said, tile.getAttribute("aria-label"));
    tile.addEventListener("pointerover", tell);
    tile.addEventListener("focus", tell);
    return tile;
  }
}
