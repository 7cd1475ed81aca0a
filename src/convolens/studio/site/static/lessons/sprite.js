// A picture of many small ones, and what is said of each, in one answer.
import { Refused } from "../api.js";
import { make } from "../dom.js";

const shown = new WeakMap(); // element -> the picture that it holds, which is let go when the next one comes

/** Ask for a picture that `holder`, an element, is going to show in the place of the one before: {address: for an <img>, told: what the answer says of it}. */
export async function fetchSprite(holder, path, body = null) {
  let response;
  try {
    response = await fetch(path, body === null ? {} : {
      method: "POST", body: JSON.stringify(body), headers: { "content-type": "application/json" },
    });
  } catch {
    throw new Refused("The studio does not answer; is it still running?", 0);
  }
  if (!response.ok) {
    const said = await response.json().catch(() => null);
    throw new Refused(said?.error ?? `${response.status} ${response.statusText}`, response.status);
  }
  const address = URL.createObjectURL(await response.blob());
  if (shown.has(holder)) URL.revokeObjectURL(shown.get(holder));
  shown.set(holder, address);
  return { address, told: JSON.parse(response.headers.get("x-told") ?? "null") };
}

/** Show one of the small pictures in an element: the one at `place`, of `across` in a row and `down` rows. */
export function showTile(element, address, place, across, down) {
  const part = (at, of) => (of > 1 ? (100 * at) / (of - 1) : 0);
  element.style.backgroundImage = `url("${address}")`;
  element.style.backgroundSize = `${100 * across}% ${100 * down}%`;
  element.style.backgroundPosition = `${part(place % across, across)}% ${part(Math.floor(place / across), down)}%`;
}

/** An <img> whose picture is held by this page alone. */
export const image = (address, alt) => make("img", { src: address, alt, class: "pixels" });
