// A picture of many small ones, and what is said of each, in one answer.
import { ask, carrying } from "../asking/api.js";
import { make } from "../elements/dom.js";

const shown = new Map(); // element -> the picture that it holds

/** Ask for a picture that `holder`, an element, is going to show in the place of the one before: {address: for an <img>, told: what the answer says of it}. */
export async function fetchSprite(holder, path, body = null) {
  const response = await ask(path, body === null ? {} : carrying(body));
  const picture = URL.createObjectURL(await response.blob());
  for (const [other, old] of shown) {
    if (other !== holder && other.isConnected) continue;
    URL.revokeObjectURL(old); // of the picture before, and of elements that have left the page
    shown.delete(other);
  }
  shown.set(holder, picture);
  return { address: picture, told: JSON.parse(response.headers.get("x-told") ?? "null") };
}

/** Show one of the small pictures in an element: the one at `place`, of `across` in a row and `down` rows. */
export function showTile(element, picture, place, across, down) {
  const part = (at, of) => (of > 1 ? (100 * at) / (of - 1) : 0);
  element.style.backgroundImage = `url("${picture}")`;
  element.style.backgroundSize = `${100 * across}% ${100 * down}%`;
  element.style.backgroundPosition = `${part(place % across, across)}% ${part(Math.floor(place / across), down)}%`;
}

/** An <img> of few pixels, shown as squares. */
export const image = (source, alt) => make("img", { src: source, alt, class: "pixels" });
