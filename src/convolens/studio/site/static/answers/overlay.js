// A photo with a heat map laid over it, and where that comes from.
import { Refused } from "../api.js";
import { make } from "../dom.js";

/** Return a figure: `element`, `heat(blob)` lays a map over the photo (null takes it away), `strength(share)` says how much of it is seen. */
export function overlaid(source, alt, caption = null) {
  const photo = make("img", { src: source, alt, class: "photo" });
  const map = make("img", { class: "heat", alt: "", hidden: true });
  const stage = make("div", { class: "stage" }, photo, map);
  photo.addEventListener("error", () => stage.replaceChildren(make("p", { class: "quiet" }, "This browser cannot show this kind of file; the run can read it.")));
  let shown = null;
  return {
    element: make("figure", { class: "overlaid" }, stage, caption && make("figcaption", {}, caption)),
    heat(blob) {
      if (shown) URL.revokeObjectURL(shown);
      shown = blob ? URL.createObjectURL(blob) : null;
      if (shown) map.src = shown;
      map.hidden = !shown;
    },
    strength(share) { map.style.opacity = share; },
    photo(next) { photo.src = next; },
  };
}

/** Ask for a heat map, and return it as a Blob with a `note` on its layer; `body` is a photo that is sent. */
export async function pictureOf(path, query, body = null) {
  const given = Object.entries(query).filter(([, value]) => value !== null && value !== undefined && value !== "");
  const response = await fetch(`${path}?${new URLSearchParams(given)}`, body && { method: "POST", body, headers: { "content-type": "application/octet-stream" } })
    .catch(() => { throw new Refused("The studio does not answer; is it still running?", 0); });
  if (!response.ok) throw new Refused((await response.json().catch(() => null))?.error ?? response.statusText, response.status);
  return Object.assign(await response.blob(), { note: response.headers.get("x-note") ?? "" });
}
