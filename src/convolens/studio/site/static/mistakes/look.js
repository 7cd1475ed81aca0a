// One photo in a dialog: the evidence for what the run says and for its own class, the nearest training photos, and the decisions.
import { nearestStrip } from "../answers/nearest.js";
import { overlaid, pictureOf } from "../answers/overlay.js";
import { shares } from "../answers/verdict.js";
import { get, picture } from "../asking/api.js";
import { newest } from "../asking/latest.js";
import { fill, find, make, named } from "../elements/dom.js";
import { outOf, percent } from "../elements/numbers.js";
import { keep, move, setAside, undoLast } from "./decisions.js";

const dialog = find("#look");
const shownIn = find("div", dialog);
let now = null; // what is shown
const asking = newest();

/** Look at a photo. Args: at: its place in the wall; wall: {run, classes: of the run, classesNow: of the folder, several: whether a photo has any number of labels, total(), item(at) => Promise of a row, keepStays: whether a photo whose label is kept stays there, changed(), closed(at)};
 *  further: from another photo, in the dialog that is open. */
export async function lookAt(at, wall, further = false) {
  const newestStep = asking();
  const row = await wall.item(at);
  if (!newestStep() || (further && !dialog.open)) return; // gone on, or closed meanwhile
  if (!row) { dialog.close(); return; }
  const shown = { at, wall, row };
  now = shown;
  const answer = make("div", {}, make("p", { class: "quiet" }, "Looking …"));
  const labels = row.said === row.label ? [row.said] : [row.said, row.label];
  const maps = row.photo ? labels.map((label, place) => evidence(shown, label, place === 0 ? "says" : "is labelled")).filter(Boolean) : [];
  const strip = nearestStrip(row.label);
  fill(shownIn,
    make("div", { class: "row spread" }, make("h2", {}, named(row.name)), make("button", { type: "button", class: "plain", onclick: () => dialog.close() }, "Close (Esc)")),
    make("p", {}, "Labelled ", make("strong", {}, named(row.label)), row.right ? ", and the run says so with " : [row.suspect ? ", the other photos speak for " : ", the run says ", make("strong", {}, named(row.said)), " with "], percent(row.confidence), "."),
    row.photo ? decisions(shown) : make("p", { class: "problem" }, "This photo lies outside of the open folder; open the run's folder (Change, above) to show and move it."),
    row.photo && make("div", { class: "sides" }, maps.map((one) => one.element), make("div", {}, answer, strip.element)));
  if (!dialog.open) dialog.showModal();
  dialog.focus(); // what had the focus is gone
  if (!row.photo) return;
  const { run } = wall;
  const current = () => now === shown && dialog.open;
  try {
    const found = await get(`/api/answers/${row.photo}`, { run });
    if (!current()) return;
    fill(answer, shares(found), differs(found, row) && make("p", { class: "quiet" },
      "When it was scored, the run had not learnt from this photo; since then it has, so what it says now, here and in the maps, is surer than it would be of a new photo."));
  } catch (error) {
    fill(answer, make("p", { class: "problem" }, error.message));
  }
  for (const one of maps) {
    if (!current()) return;
    await one.draw();
  }
  if (!current()) return;
  strip.wait();
  try {
    strip.show(await get(`/api/answers/${row.photo}/nearest`, { run }));
  } catch (error) {
    strip.problem(`No nearest photos: ${error.message}`);
  }
}

/** Whether the run answers otherwise now than when it was scored: a first answer learns from its validation photos too, in the end. */
const differs = (found, row) => found.labels === null && !row.suspect
  && (found.answers[0].label !== row.said || Math.abs(found.answers[0].confidence - row.confidence) > 0.001);

function evidence({ row, wall }, label, how) {
  if (!wall.classes.includes(label)) return null;
  const note = make("span", { class: "quiet" });
  const why = how === "says" ? (row.suspect ? ", what others speak for" : ", what the run says") : ", its label";
  const view = overlaid(picture(row.photo, 384), `${row.name}, evidence for ${label}`, ["Evidence for ", make("strong", {}, named(label)), why, note]);
  return {
    element: view.element,
    async draw() {
      try {
        const map = await pictureOf(`/api/answers/${row.photo}/heat`, { run: wall.run, class: label });
        view.heat(map);
        note.textContent = ` (${map.note})`;
      } catch (error) {
        note.textContent = ` (no heat map: ${error.message})`;
      }
    },
  };
}

function decisions(shown) {
  const { row, wall } = shown;
  const others = wall.classesNow.filter((name) => name !== row.label);
  const choice = make("select", { "aria-label": "Class to move it to" }, make("option", { value: "" }, "a class …"), others.map((name) => make("option", { value: name }, name)));
  if (others.includes(row.said)) choice.value = row.said; // else it has another name now, or is the label: nobody has chosen yet
  const after = () => wall.changed();
  const once = (work, stays) => async () => {
    if (shown.deciding) return; // a second press is not meant for the next photo, and this one has gone
    shown.deciding = true;
    if (await work()) next(shown, stays());
    shown.deciding = false;
  };
  shown.move = once(() => (choice.value ? move(row, choice.value, after) : choice.focus()), () => false);
  shown.keep = once(() => keep(row, after), () => wall.keepStays);
  shown.aside = once(() => setAside(row, wall.several, after), () => false);
  const button = (text, key, run) => make("button", { type: "button", "aria-keyshortcuts": key, onclick: run }, text, " ", make("kbd", {}, key));
  return make("div", { class: "row decisions" },
    make("span", { class: "row together" }, button("Move to", "M", () => shown.move()), choice),
    button("Keep: the label is right", "K", () => shown.keep()),
    button("Set aside", "X", () => shown.aside()),
    button("Undo", "U", undoLast),
    make("span", { class: "row together" },
      make("button", { type: "button", "aria-label": "Previous photo", onclick: () => step(-1) }, "←"),
      make("span", { class: "quiet number" }, `${outOf(shown.at + 1, wall.total())}`),
      make("button", { type: "button", "aria-label": "Next photo", onclick: () => step(1) }, "→")));
}

/** Look at the next photo after a decision: it stands at the same place where this one has gone. */
function next({ at, wall }, stays) {
  const place = stays ? at + 1 : at;
  if (place < wall.total()) lookAt(place, wall, true);
  else dialog.close();
}

function step(by) {
  const place = now.at + by;
  if (place >= 0 && place < now.wall.total()) lookAt(place, now.wall, true);
}

document.addEventListener("keydown", (event) => {
  if (!dialog.open || event.ctrlKey || event.altKey || event.metaKey || event.target.closest("select")) return;
  const done = { m: () => now.move?.(), k: () => now.keep?.(), x: () => now.aside?.(), u: undoLast, ArrowLeft: () => step(-1), ArrowRight: () => step(1) }[event.key.length === 1 ? event.key.toLowerCase() : event.key];
  if (!done) return;
  event.preventDefault();
  if (!event.repeat || event.key.startsWith("Arrow")) done(); // a key that is held down decides about one photo
});
dialog.addEventListener("close", () => { now?.wall.closed(now.at); });
