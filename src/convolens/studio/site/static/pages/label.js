// The page Label next: one photo after the other, the most useful first, a key a class.
import { get, picture, send, trying } from "../api.js";
import { chooseClass } from "../choose_class.js";
import { counted, fill, find, make, named, percent } from "../dom.js";
import { each, isPhoto, isVisible, onDrop } from "../dropped.js";
import { onNews } from "../news.js";
import { currentRun, pickRun } from "../runs.js";
import { tell } from "../toast.js";

const KEYS = [..."123456789abcdefghijklmnopqrstuvwxyz"];
const FEW = 12; // photos left in the page, below which more are asked for

let run = null;
let classes = [];
let queue = [];
let place = "photos";
let left = 0;
let labelled = 0;
let said = null;
const skipped = new Set();
const edits = [];

const source = () => find("#source").value;
const current = () => queue[0] ?? null;

/** Find out where photos without a label lie. */
async function readSources() {
  const { sources, home } = await get("/api/label/sources");
  const select = find("#source");
  const before = select.value || new URLSearchParams(location.search).get("source");
  fill(select, sources.map(({ id, name, photos }) => make("option", { value: id }, `${name} (${photos.toLocaleString("en")})`)));
  if (sources.some(({ id }) => id === before)) select.value = before;
  select.disabled = sources.length === 0;
  const none = find("#none");
  none.hidden = sources.length > 0;
  if (!sources.length) find("#desk").hidden = true;
  fill(none, make("h2", {}, labelled ? "All photos have a class now." : "No photos without a class"),
    make("p", {}, "Drop photos here that have no class yet, or put a folder of them into ", named(home), ". What a run would learn most from comes first, and a key gives it its class."),
    labelled ? make("p", {}, make("a", { href: "/train" }, "Train again with the new labels"), ".")
      : run === null && make("p", {}, make("a", { href: "/train" }, "Train a run"), " first, so that it can say which photos it doubts."));
  return sources.length > 0;
}

async function read(again = false) {
  try {
    classes = (await get("/api/classes")).classes;
    if (!await readSources()) {
      queue = [];
      return;
    }
    const answer = await get("/api/label/queue", { source: source(), run, again: again || null, count: 60 });
    place = answer.place;
    left = answer.left;
    showProgress(answer.progress);
    if (answer.problem) tell(answer.problem, { problem: true });
    const order = [...answer.photos.filter(({ id }) => !skipped.has(id)), ...answer.photos.filter(({ id }) => skipped.has(id))];
    const stays = current();
    queue = stays && order.some(({ id }) => id === stays.id) && !again ? [order.find(({ id }) => id === stays.id), ...order.filter(({ id }) => id !== stays.id)] : order;
    find("#trouble").hidden = true;
    show();
  } catch (error) {
    fill(find("#trouble"), error.message);
    find("#trouble").hidden = false;
    find("#desk").hidden = true;
  }
}

function showProgress(progress) {
  const box = find("#working");
  box.hidden = !progress;
  if (progress) fill(box, make("div", { class: "row" }, progress.title, make("progress", { max: progress.total || null, value: progress.done, "aria-label": progress.title }), `${progress.done.toLocaleString("en")} of ${progress.total.toLocaleString("en")}`));
}

/** The classes that have a key: in order of their names; where there are too many, those with most photos. */
function keyed() {
  const chosen = classes.length > KEYS.length ? [...classes].sort((a, b) => b.photos - a.photos).slice(0, KEYS.length) : classes;
  return chosen.map(({ name }, index) => ({ name, key: KEYS[index] }));
}

function show() {
  const photo = current();
  const desk = find("#desk");
  const had = desk.contains(document.activeElement) || document.activeElement === document.body;
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
  fill(find("#count"), `${counted(left, "photo")} left${labelled ? `, ${labelled.toLocaleString("en")} labelled just now` : ""}.`);
  fill(find("#next"), queue.slice(1, 16).map(({ id }) => make("img", { src: picture(id, 96, place), alt: "" })));
  if (queue[1]) new Image().src = picture(queue[1].id, 1024, place);
  find("#undo").hidden = edits.length === 0;
  find("#again").hidden = run === null || labelled === 0;
  if (had) desk.focus({ preventScroll: true });
}

async function label(to) {
  const photo = current();
  if (photo === null || !to) return;
  queue.shift(); // the next one at once; it comes back where the move is refused
  left -= 1;
  labelled += 1;
  show();
  const answer = await trying(() => send("/api/label", { source: source(), photo: photo.id, to }));
  if (!answer) {
    queue.unshift(photo);
    left += 1;
    labelled -= 1;
    show();
    return;
  }
  edits.push(answer.undo);
  said?.remove(); // one at a time: they come as fast as keys
  said = tell(answer.done, { action: "Undo", run: () => undo(answer.undo), seconds: 4 });
  if (!classes.some(({ name }) => name === to)) classes = (await get("/api/classes")).classes;
  if (queue.length < FEW) await read();
  else show();
}

function skip() {
  const photo = current();
  if (photo === null) return;
  skipped.add(photo.id);
  queue.push(queue.shift());
  show();
}

async function undo(edit = edits.at(-1)) {
  if (edit === undefined) return;
  const answer = await trying(() => send("/api/edits/undo", { edit }));
  if (!answer) return;
  edits.splice(edits.indexOf(edit), 1);
  labelled -= 1;
  queue = []; // so that the photo that is back comes where it belongs
  tell(answer.done);
  await read();
}

async function another() {
  const name = await chooseClass({ title: "Which class is it?", action: "Label", classes });
  find("#desk").focus();
  if (name) label(name);
}

async function add(found) {
  const photos = found.filter(({ file, path }) => isVisible(path) && isPhoto(file));
  if (!photos.length) {
    tell("None of these is a photo that can be read.", { problem: true });
    return;
  }
  const refused = [];
  let added = 0;
  await each(photos, async ({ file }) => {
    try {
      if ((await send(`/api/photos/add?${new URLSearchParams({ name: file.name })}`, file)).new) added += 1;
    } catch (error) {
      refused.push(error.message);
    }
  }, new AbortController().signal);
  tell(`Added ${counted(added, "photo")}.`);
  if (refused.length) tell(refused.length === 1 ? refused[0] : `${counted(refused.length, "file")} were refused; the first: ${refused[0]}`, { problem: true });
  await read();
}

find("#accept").addEventListener("click", () => label(current()?.proposal));
find("#skip").addEventListener("click", skip);
find("#other").addEventListener("click", another);
find("#undo").addEventListener("click", () => undo());
find("#again").addEventListener("click", () => read(true));
find("#source").addEventListener("change", () => { skipped.clear(); queue = []; read(); });
find("#add").addEventListener("change", (event) => {
  const found = [...event.target.files].map((file) => ({ file, path: file.name }));
  event.target.value = "";
  add(found);
});
if (find(".tools").dataset.open) onDrop(find("#drop"), add);
find("#desk").addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const onButton = event.target.closest("button") !== null;
  const key = event.key.toLowerCase();
  const named_ = keyed().find((one) => one.key === key);
  if (named_) label(named_.name);
  else if (key === "enter" && !onButton) label(current()?.proposal);
  else if (key === " " && !onButton) skip();
  else if (key === "+") another();
  else return;
  event.preventDefault();
});
document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "z" && !event.target.closest("input, dialog")) {
    event.preventDefault();
    undo();
  }
});
onNews("label", (values) => {
  if (values?.running) showProgress(values);
  else if (find(".tools").dataset.open) read();
});
let waiting = null;
onNews("photos", () => { clearTimeout(waiting); waiting = setTimeout(() => { if (queue.length < FEW) read(); }, 400); });
onNews("opened", (values) => { if (values) location.reload(); });

if (find(".tools").dataset.open) {
  try {
    await pickRun(find("#run"), (chosen) => { run = chosen; queue = []; read(); });
  } catch (error) {
    tell(error.message, { problem: true });
    run = currentRun();
    read();
  }
}
