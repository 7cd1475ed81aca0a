// The page Label next: one photo after the other, the most useful first, a key a class.
import { get, picture, send, trying } from "../asking/api.js";
import { isPhoto, isVisible, onDrop } from "../asking/dropped.js";
import { followFolder } from "../asking/folder.js";
import { latest, rested } from "../asking/latest.js";
import { onNews } from "../asking/news.js";
import { pickRun } from "../asking/runs.js";
import { Sending } from "../asking/sending.js";
import { chooseClass } from "../elements/choose_class.js";
import { fill, find, focusOn, make, named } from "../elements/dom.js";
import { Meter } from "../elements/meter.js";
import { counted, percent, thousands } from "../elements/numbers.js";
import { tell } from "../elements/toast.js";

const KEYS = [..."123456789abcdefghijklmnopqrstuvwxyz"];
const FEW = 12; // photos left in the page, below which more are asked for

let run = null;
let classes = [];
let queue = []; // photos, the one that is shown first
let place = "photos";
let left = 0; // photos without a class
let wanted = null; // the source that is to be shown next
let said = null; // the message of the newest label
const skipped = new Set(); // photos
let labels = []; // given on this page and not undone: {photo, answered: Promise of what the studio says, settled: whether it has}
const isOpen = find(".tools").dataset.open !== undefined;
const meter = new Meter();
const sending = new Sending(find("#adding"));

const source = () => find("#source").value;
const current = () => queue[0] ?? null;

/** Find out where photos without a label lie. */
async function readSources() {
  const { sources, home } = await get("/api/label/sources");
  const select = find("#source");
  const before = wanted ?? (select.value || new URLSearchParams(location.search).get("source"));
  wanted = null;
  const own = sources.filter(({ id }) => !id.startsWith("folder.")); // a folder beside, which a label moves photos out of, is for people to choose
  const chosen = sources.find(({ id }) => id === before) ?? own[0];
  fill(select, chosen ? null : make("option", { value: "" }, sources.length ? "choose a folder …" : ""),
    sources.map(({ id, name, photos }) => make("option", { value: id }, `${name} (${thousands(photos)})`)));
  select.value = chosen?.id ?? "";
  select.disabled = sources.length === 0;
  const none = find("#none");
  none.hidden = chosen !== undefined;
  if (!chosen) find("#desk").hidden = true;
  fill(none, make("h2", {}, labels.length ? "All photos have a class now." : "No photos without a class"),
    make("p", {}, "Drop photos here that have no class yet, or put a folder of them into ", named(home), ". What a run would learn most from comes first, and a key gives it its class."),
    sources.length ? make("p", {}, "Photos of folders that lie beside can be chosen above; a label moves them out of there.") : null,
    labels.length ? make("p", {}, make("a", { href: "/train" }, "Train again with the new labels"), ".")
      : run === null && make("p", {}, make("a", { href: "/train" }, "Train a run"), " first, so that it can say which photos it doubts."));
  if (!chosen && labels.length && (document.activeElement === document.body || find("#desk").contains(document.activeElement))) focusOn(none); // the last photo has gone
  return chosen !== undefined;
}

const read = latest(async (again = false) => {
  try {
    classes = (await get("/api/classes")).classes;
    if (!await readSources()) {
      queue = [];
      showProgress(null);
      return;
    }
    const asked = { source: source(), run };
    const settled = labels.filter((one) => one.settled);
    const answer = await get("/api/label/queue", { ...asked, again: again || null, count: 60 });
    if (asked.source !== source() || asked.run !== run) return; // another was chosen meanwhile, and is asked for next
    place = answer.place;
    left = answer.left;
    showProgress(answer.progress);
    if (answer.problem) tell(answer.problem, { problem: true });
    queue = ordered(answer.photos.filter(({ id }) => !labels.some((one) => one.photo.id === id && !settled.includes(one))), again);
    find("#trouble").hidden = true;
    show();
  } catch (error) {
    fill(find("#trouble"), error.message);
    find("#trouble").hidden = false;
    find("#desk").hidden = true;
  }
});

/** Photos as they are shown: the one that is looked at stays, those that were skipped come last. */
function ordered(photos, anew) {
  const order = [...photos.filter(({ id }) => !skipped.has(id)), ...photos.filter(({ id }) => skipped.has(id))];
  const stays = anew ? undefined : order.find(({ id }) => id === current()?.id);
  return stays ? [stays, ...order.filter((one) => one !== stays)] : order;
}

function showProgress(progress) {
  find("#working").hidden = !progress;
  if (progress) meter.show(progress.title, progress.done, progress.total);
}

/** The classes that have a key: in order of their names; where there are too many, those with most photos. */
function keyed() {
  const chosen = classes.length > KEYS.length ? [...classes].sort((a, b) => b.photos - a.photos).slice(0, KEYS.length) : classes;
  return chosen.map(({ name }, index) => ({ name, key: KEYS[index] }));
}

function show() {
  const photo = current();
  const desk = find("#desk");
  desk.hidden = photo === null;
  if (photo === null) return;
  const image = find("#photo");
  const address = picture(photo.id, 1024, place);
  if (image.getAttribute("src") !== address) image.src = address;
  image.alt = photo.name;
  fill(find("#name"), named(photo.name));
  fill(find("#proposal"), photo.proposal === null ? "" : ["The run says ", make("strong", {}, named(photo.proposal)), `, ${percent(photo.confidence, 0)}`, photo.next_best ? [", else ", named(photo.next_best)] : null]);
  fill(find("#why"), photo.problem ?? photo.why);
  find("#accept").disabled = photo.proposal === null;
  fill(find("#classes"), keyed().map(({ name, key }) => make("button", { type: "button", class: name === photo.proposal ? "proposed" : "", "aria-keyshortcuts": key, onclick: () => label(name) }, make("kbd", {}, key), named(name))));
  fill(find("#count"), `${counted(left, "photo")} left${labels.length ? `, ${thousands(labels.length)} labelled just now` : ""}.`);
  fill(find("#next"), queue.slice(1, 16).map(({ id }) => make("img", { src: picture(id, 96, place), alt: "" })));
  if (queue[1]) new Image().src = picture(queue[1].id, 1024, place);
  find("#undo").hidden = labels.length === 0;
  find("#again").hidden = run === null || labels.length === 0;
  const focused = document.activeElement;
  if (focused === document.body || focused.hidden || desk.contains(focused)) desk.focus({ preventScroll: true });
}

async function label(to) {
  const photo = current();
  if (photo === null || !to) return;
  const from = source();
  const given = { photo, settled: false, answered: trying(() => send("/api/label", { source: from, photo: photo.id, to })) };
  queue.shift(); // the next one at once; it comes back where the move is refused
  left -= 1;
  labels.push(given);
  show();
  const answer = await given.answered;
  given.settled = true;
  if (!answer) {
    labels = labels.filter((one) => one !== given);
    if (from !== source()) return;
    queue.unshift(photo);
    left += 1;
    await read(); // it may be gone
    return;
  }
  said?.remove(); // one at a time: they come as fast as keys
  said = tell(answer.done, { action: "Undo", run: () => undo(given), seconds: 4 });
  if (queue.length < FEW || !classes.some(({ name }) => name === to)) await read();
}

function skip() {
  const photo = current();
  if (photo === null) return;
  skipped.add(photo.id);
  queue.push(queue.shift());
  show();
}

async function undo(given = labels.at(-1)) {
  if (!labels.includes(given)) return; // it is undone already
  labels = labels.filter((one) => one !== given);
  const answered = await given.answered;
  if (!answered) return; // it was refused
  const answer = await trying(() => send("/api/edits/undo", { edit: answered.undo }));
  if (answer) tell(answer.done);
  else labels.push(given);
  queue = []; // so that the photo that is back comes where it belongs
  await read();
}

/** Give the photo the class that the run says. */
function accept() {
  const said = current()?.proposal;
  if (!said) return;
  if (classes.some(({ name }) => name === said)) label(said);
  else another({ title: `There is no class ${said} now. Which class is it?`, given: said }); // it may have another name since
}

async function another(asked = { title: "Which class is it?" }) {
  const name = await chooseClass({ ...asked, action: "Label", classes });
  find("#desk").focus();
  if (name) label(name);
}

async function add(found) {
  if (sending.busy) {
    tell("Photos are being added already; wait for them, then add these.", { problem: true });
    return;
  }
  const photos = found.filter(({ file, path }) => isVisible(path) && isPhoto(file));
  if (!photos.length) {
    tell("None of these is a photo that can be read.", { problem: true });
    return;
  }
  const result = await sending.send(photos.map(({ file }) => ({ file })));
  tell(`Added ${counted(result.classes.get("") ?? 0, "photo")}${result.same ? `; ${counted(result.same, "photo")} there already` : ""}${result.cancelled ? "; the others were cancelled" : ""}.`);
  wanted = "added";
  queue = [];
  await read();
}

find("#accept").addEventListener("click", accept);
find("#skip").addEventListener("click", skip);
find("#other").addEventListener("click", () => another());
find("#undo").addEventListener("click", () => undo());
find("#again").addEventListener("click", () => read(true));
find("#source").addEventListener("change", () => { skipped.clear(); queue = []; read(); });
find("#add").addEventListener("change", (event) => {
  const found = [...event.target.files].map((file) => ({ file, path: file.name }));
  event.target.value = "";
  add(found);
});
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || find("#desk").hidden || event.target.closest("select, dialog")) return;
  const onButton = event.target.closest("button, a, input") !== null;
  const key = event.key.toLowerCase();
  const choice = keyed().find((one) => one.key === key);
  const does = choice ? () => label(choice.name)
    : key === "enter" && !onButton ? accept
      : key === " " && !onButton ? skip
        : key === "+" ? () => another() : null;
  if (!does) return;
  event.preventDefault();
  if (!event.repeat) does(); // a key that is held down labels one photo
});
if (isOpen) {
  document.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.shiftKey || event.key.toLowerCase() !== "z" || event.target.closest("input, dialog")) return;
    event.preventDefault();
    undo();
  });
  find("#working").append(meter.element);
  onDrop((whether) => { find("#drop").hidden = !whether; }, add);
  onNews("label", (values) => { if (values?.running) showProgress(values); else read(); });
  onNews("photos", rested(() => read(), 400)); // classes may have other names, photos be gone
  pickRun(find("#run"), (chosen) => { run = chosen; queue = []; read(); })
    .catch((error) => { tell(error.message, { problem: true }); read(); });
}
followFolder({ busy: () => sending.busy });
