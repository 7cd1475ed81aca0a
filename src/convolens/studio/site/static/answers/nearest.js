// The nearest training photos, as a strip: picture, class and distance.
import { picture } from "../asking/api.js";
import { onNews } from "../asking/news.js";
import { fill, make, named } from "../elements/dom.js";
import { Meter } from "../elements/meter.js";
import { counted } from "../elements/numbers.js";

const meters = new Set(); // of strips that wait

/** Return a strip that says what it waits for: `element`, `wait()`, `show(found)`, `problem(line)`; label: the photo's own class, others stand out. */
export function nearestStrip(label = null) {
  const element = make("div", { class: "nearest" });
  const meter = new Meter();
  return {
    element,
    wait() {
      meters.add(meter);
      meter.show("Looking for the nearest training photos …");
      fill(element, meter.element);
    },
    problem(line) {
      meters.delete(meter);
      fill(element, line && make("p", { class: "quiet" }, line));
    },
    show(found) {
      meters.delete(meter);
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
}

/** Let strips that wait say how far the work is that a page waits for. */
export function tellWaiting(page) {
  onNews("work", (values) => {
    if (!values || values.page !== page) return;
    for (const meter of meters) meter.show(values.title, values.done, values.total, ", once; they are kept");
  });
}
