// The nearest training photos, as a strip: class, distance, and a link to the photo's picture.
import { picture } from "../api.js";
import { counted, fill, make, named } from "../dom.js";
import { onNews } from "../news.js";

const waiting = new Set();

/** Return a strip that says what it waits for: `element`, `show(found)`, `problem(line)`; label: the photo's own class, others stand out. */
export function nearestStrip(label = null) {
  const element = make("div", { class: "nearest" });
  const strip = {
    element,
    wait() {
      waiting.add(element);
      fill(element, make("p", { class: "quiet" }, "Looking for the nearest training photos …"));
    },
    problem(line) {
      waiting.delete(element);
      fill(element, make("p", { class: "quiet" }, line));
    },
    show(found) {
      waiting.delete(element);
      fill(element,
        make("p", { class: "quiet" }, `Nearest of ${counted(found.photos, "training photo")}: `,
          found.counts.map((one, place) => [place ? ", " : "", `${one.photos} × `, named(one.label)])),
        make("ul", {}, found.neighbours.map((one) => make("li", { class: label !== null && one.label !== label ? "other" : null },
          one.photo ? make("img", { src: picture(one.photo, 192), alt: one.name, title: one.name, loading: "lazy" })
            : make("span", { class: "outside", title: one.name }, "outside of the open folder"),
          make("span", { class: "name" }, named(one.label)),
          make("span", { class: "quiet number" }, one.distance.toFixed(3))))));
    },
  };
  return strip;
}

/** Let strips that wait say how far the work is that a page waits for. */
export function tellWaiting(page) {
  onNews("work", (values) => {
    if (!values || values.page !== page) return;
    const line = `${values.title}: ${values.done.toLocaleString("en")} of ${values.total.toLocaleString("en")}, once; they are kept.`;
    for (const element of waiting) fill(element, make("p", { class: "quiet" }, line), make("progress", { value: values.done, max: values.total, "aria-label": values.title }));
  });
}
