// Train again: the head learnt anew in seconds, and how the answers changed.
import { address, picture, send, trying } from "../asking/api.js";
import { onNews } from "../asking/news.js";
import { fill, find, make, named } from "../elements/dom.js";
import { Meter } from "../elements/meter.js";
import { counted, percent, thousands } from "../elements/numbers.js";

const SHOWN = 12; // photos of each kind

/** Let the button train the run that is looked at. Args: run: () => its id; learnt: called with the new run's {run, name, after}. */
export function trainAgain(run, learnt) {
  const button = find("#again");
  const place = find("#changed");
  const [said, photos] = [make("div", { "aria-live": "polite" }), make("div")]; // photos are too many to be read aloud
  const meter = new Meter(make("button", { type: "button", onclick: () => trying(() => send("/api/mistakes/again/cancel")) }, "Cancel"));
  onNews("work", (values) => { if (values?.page === "again") meter.show(values.title, values.done, values.total); });
  button.addEventListener("click", async () => {
    place.hidden = false;
    meter.show("Learning from the photos as they lie now …");
    fill(place, meter.element, said, photos);
    fill(said);
    fill(photos);
    const found = await trying(() => send(address("/api/mistakes/again", { run: run() })), button);
    meter.element.remove();
    place.hidden = !found;
    if (!found) return;
    fill(said, told(found));
    fill(photos, make("div", { class: "sides" }, list("Right now, wrong before", found.gone, found.gone_in_all), list("Wrong now, right before", found.new, found.new_in_all)),
      make("p", { class: "row" }, make("a", { class: "button", href: `/try?run=${found.run}` }, "Try it"),
        make("a", { class: "button", href: `/train?run=${found.run}` }, "Train on from here")));
    learnt(found);
  });
}

function told(found) {
  const { before, after } = found;
  const right = (one) => (one.accuracy === null || one.accuracy === undefined ? "" : `${percent(one.accuracy)}, `);
  const wrong = (one) => `${right(one)}${thousands(one.wrong)} of ${counted(one.photos, "photo")} wrong`;
  return [
    make("h2", {}, `Trained again in ${found.seconds.toFixed(1)} s: `, named(found.name)),
    make("p", {}, `Before: ${wrong(before)}. Now: `, make("strong", {}, wrong(after)), "."),
    found.notes.map((note) => make("p", { class: "quiet" }, note)),
  ];
}

function list(title, rows, inAll) {
  return make("div", {}, make("h3", {}, `${title}: ${inAll}`), rows.length > 0 && make("ul", { class: "few" }, rows.slice(0, SHOWN).map((row) => make("li", {},
    row.photo && make("img", { src: picture(row.photo, 96), alt: row.name, title: `${row.name}: labelled ${row.label}, the run says ${row.said}` }), named(row.said)))));
}
