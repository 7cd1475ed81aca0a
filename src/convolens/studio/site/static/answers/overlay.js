// A photo with a heat map laid over it, and where that comes from.
import { address, ask, carrying } from "../asking/api.js";
import { make } from "../elements/dom.js";

/** Show a file or an answer in an <img>; what it takes of memory is let go when it is read. */
function showBlob(image, blob) {
  const source = URL.createObjectURL(blob);
  image.src = source;
  image.decode().catch(() => {}).finally(() => URL.revokeObjectURL(source)); // of an image that cannot be read its "error" tells
}

/** Return a heat map, to be laid over something: `element`, `heat(blob)` shows one (null takes it away), `strength(share)` says how much of it is seen. */
export function heatMap() {
  const element = make("img", { class: "heat", alt: "", hidden: true });
  return {
    element,
    heat(blob) {
      if (blob) showBlob(element, blob);
      element.hidden = !blob;
    },
    strength(share) { element.style.opacity = share; },
  };
}

/** Return a figure: a photo, at an address or in a file, with a heat map over it; as `heatMap` does. */
export function overlaid(source, alt, caption = null) {
  const photo = make("img", { alt, class: "photo" });
  const map = heatMap();
  const stage = make("div", { class: "stage" }, photo, map.element);
  photo.addEventListener("error", () => stage.replaceChildren(make("p", { class: "quiet" }, "This browser cannot show this kind of file.")));
  if (source instanceof Blob) showBlob(photo, source);
  else photo.src = source;
  return { ...map, element: make("figure", { class: "overlaid" }, stage, caption && make("figcaption", {}, caption)) };
}

/** Ask for a heat map, and return it as a Blob with a `note` on its layer; `body` is a photo that is sent. */
export async function pictureOf(path, query, body = null) {
  const response = await ask(address(path, query), body === null ? {} : carrying(body));
  return Object.assign(await response.blob(), { note: response.headers.get("x-note") ?? "" });
}
