// Train again: the head learnt anew in seconds, and how the answers changed.
import { picture, send, trying } from "../api.js";
import { counted, fill, find, make, named, percent } from "../dom.js";
import { onNews } from "../news.js";

const SHOWN = 12; // photos of each kind

/** Let the button train the run that is looked at. Args: run: () => its id; learnt: called with the new run's {run, name, after}. */
export function trainAgain(run, learnt) {
  const button = find("#again");
  const place = find("#changed");
  let busy = false;
  onNews("work", (values) => {
    if (busy && values?.page === "again") find("p", place).textContent = `${values.title}: ${values.done.toLocaleString("en")} of ${values.total.toLocaleString("en")}`;
  });
  button.addEventListener("click", async () => {
    busy = true;
    place.hidden = false;
    fill(place, make("p", {}, "Learning from the photos as they lie now …"),
      make("button", { type: "button", onclick: () => trying(() => send("/api/mistakes/again/cancel")) }, "Cancel"));
    const found = await trying(() => send(`/api/mistakes/again?${new URLSearchParams({ run: run() })}`), button);
    busy = false;
    place.hidden = !found;
    if (!found) return;
    fill(place, told(found));
    learnt(found);
  });
}

function told(found) {
  const { before, after } = found;
  const score = (one) => (one.accuracy === null || one.accuracy === undefined ? "" : `${percent(one.accuracy)}, `);
  return [
    make("h2", {}, `Trained again in ${found.seconds.toFixed(1)} s: `, named(found.name)),
    make("p", {}, `Before: ${score(before)}${before.wrong} of ${counted(before.photos, "photo")} wrong. Now: `,
      make("strong", {}, `${score(after)}${after.wrong} of ${counted(after.photos, "photo")} wrong`), "."),
    found.note !== null && make("p", { class: "quiet" }, found.note),
    make("div", { class: "sides" }, list("Right now, wrong before", found.gone, found.gone_in_all), list("Wrong now, right before", found.new, found.new_in_all)),
    make("p", { class: "row" }, make("a", { class: "button", href: `/try?run=${found.run}` }, "Try it"),
      make("a", { class: "button", href: `/train?run=${found.run}` }, "Train on from here")),
  ];
}

function list(title, rows, inAll) {
  return make("div", {}, make("h3", {}, `${title}: ${inAll}`), rows.length > 0 && make("ul", { class: "few" }, rows.slice(0, SHOWN).map((row) => make("li", {},
    row.photo && make("img", { src: picture(row.photo, 96), alt: row.name, title: `${row.name}: labelled ${row.label}, the run says ${row.said}` }), named(row.said)))));
}
