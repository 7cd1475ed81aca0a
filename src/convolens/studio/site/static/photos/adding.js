// Photos that are dropped, pasted, chosen or taken: read out of folders, sent a few at a time, told in the end.
import { send, trying } from "../api.js";
import { openCamera } from "../camera.js";
import { chooseClass } from "../choose_class.js";
import { counted, fill, find, make, named } from "../dom.js";
import { each, isPhoto, isVisible, isZip, onDrop } from "../dropped.js";
import { tell } from "../toast.js";

const LARGEST = 64 * 2 ** 20; // bytes, as of the server
const LARGEST_ZIP = 2 * 2 ** 30;

export class Adding {
  constructor({ view, classes, actions, opened }) {
    Object.assign(this, { view, classes, actions, opened });
    this.busy = false;
    find("#add-files").addEventListener("change", (event) => this.fromInput(event.target));
    find("#add-folder").addEventListener("change", (event) => this.fromInput(event.target));
    find("#camera").addEventListener("click", () => this.camera());
    document.addEventListener("paste", (event) => {
      const files = [...(event.clipboardData?.files ?? [])];
      if (!files.length) return;
      event.preventDefault();
      this.add(files.map((file) => ({ file, path: file.name })));
    });
    onDrop(find("#drop"), (found) => this.add(found));
  }

  fromInput(input) {
    const found = [...input.files].map((file) => ({ file, path: file.webkitRelativePath || file.name }));
    input.value = "";
    if (found.length) this.add(found);
  }

  /** Add files, each {file, path}: the path with the dropped folder's name first. */
  async add(found) {
    if (this.busy) {
      tell("Photos are being added already; wait for them, then add these.", { problem: true });
      return;
    }
    const visible = found.filter(({ path }) => isVisible(path));
    const zips = visible.filter(({ file }) => isZip(file));
    const photos = visible.filter(({ file }) => !isZip(file) && isPhoto(file));
    if (!zips.length && !photos.length) {
      tell(found.length ? `None of ${counted(found.length, "file")} is a photo that can be read.` : "Nothing was dropped that is a file.", { problem: true });
      return;
    }
    this.busy = true;
    try {
      await this.send(zips, photos, found.length - zips.length - photos.length);
    } catch (error) {
      tell(error.message, { problem: true });
    } finally {
      this.busy = false;
    }
  }

  async send(zips, photos, ignored) {
    if (!this.opened()) await send("/api/begin/new");
    const inFolders = photos.filter(({ path }) => path.includes("/"));
    const loose = photos.filter(({ path }) => !path.includes("/"));
    let places = [];
    if (inFolders.length) places = (await send("/api/photos/arrange", { paths: inFolders.map(({ path }) => path) })).places;
    const jobs = inFolders.map(({ file }, index) => ({ file, ...places[index] }));
    if (loose.length) {
      const name = await this.classFor(loose.length);
      if (name === null) return;
      jobs.push(...loose.map(({ file }) => ({ file, class: name || null, side: null })));
    }
    const result = { added: [], classes: new Map(), same: 0, refused: [], ignored };
    const work = new AbortController();
    const report = progress(jobs.length, () => work.abort());
    await each(jobs, async (job) => { await one(job, result, work.signal); report(); }, work.signal);
    for (const { file } of zips) await zip(file, this.view.class, result, work.signal);
    find("#adding").hidden = true;
    this.say(result, work.signal.aborted);
    if (this.opened()) await this.actions.changed();
    else location.assign("/");
  }

  /** Return the class for photos without a folder: the one that is looked at, or one that is asked for. */
  classFor(count) {
    if (this.view.class !== null && this.view.place === "photos") return this.view.class;
    return chooseClass({
      title: `Which class ${count === 1 ? "is this photo" : `are these ${count.toLocaleString("en")} photos`} of?`, action: "Add", classes: this.classes(), none: "None yet: I label them next",
    });
  }

  say({ added, classes, same, refused, ignored }, cancelled) {
    const count = [...classes.values()].reduce((sum, one) => sum + one, 0);
    const names = [...classes.keys()].filter((name) => name !== "").sort();
    const shown = names.slice(0, 3).join(", ") + (names.length > 3 ? ` and ${names.length - 3} more classes` : "");
    const parts = [`Added ${counted(count, "photo")}${shown ? ` to ${shown}` : ""}`];
    if (classes.get("")) parts.push(`${counted(classes.get(""), "photo")} of no class yet: see Label next`);
    if (same) parts.push(`${same === 1 ? "1 was" : `${same.toLocaleString("en")} were`} there already`);
    if (ignored) parts.push(ignored === 1 ? "1 file is no photo" : `${counted(ignored, "file")} are no photos`);
    if (cancelled) parts.push("the others were cancelled");
    tell(`${parts.join("; ")}.`, added.length ? { action: "Undo", run: () => this.actions.aside(added), seconds: 15 } : {});
    if (!refused.length) return;
    const box = find("#adding");
    box.hidden = false;
    fill(box, make("p", { class: "problem" }, `${counted(refused.length, "file")} ${refused.length === 1 ? "was" : "were"} refused:`),
      make("ul", { class: "refused", tabindex: 0, "aria-label": "Refused files" }, refused.slice(0, 200).map((line) => make("li", {}, named(line)))),
      make("button", { type: "button", onclick: () => { box.hidden = true; } }, "Close"));
  }

  async camera() {
    const name = await this.classFor(1);
    if (name === null) return;
    openCamera({
      title: name ? `A photo of ${name}` : "A photo",
      take: async (blob) => {
        const stamp = new Date().toISOString().slice(0, 23).replace(/[:.]/g, "-");
        const answer = await trying(() => send(address({ class: name || null }, `camera-${stamp}.jpg`), blob));
        if (answer) this.actions.changed();
        return answer?.done;
      },
    });
  }
}

function address({ class: name, side }, file, path = "/api/photos/add") {
  const given = Object.entries({ class: name, side, name: file }).filter(([, value]) => value !== null && value !== undefined);
  return `${path}?${new URLSearchParams(given)}`;
}

async function one(job, result, signal) {
  if (job.file.size > LARGEST) {
    result.refused.push(`${job.file.name}: has more than ${LARGEST / 2 ** 20} MiB, which is more than a photo may have here; make it smaller.`);
    return;
  }
  try {
    const answer = await send(address(job, job.file.name), job.file, { signal });
    if (!answer.new) result.same += 1;
    else {
      if (answer.photo) result.added.push(answer.photo);
      result.classes.set(answer.class ?? "", (result.classes.get(answer.class ?? "") ?? 0) + 1);
    }
  } catch (error) {
    if (error.name !== "AbortError") result.refused.push(error.message);
  }
}

async function zip(file, name, result, signal) {
  const box = find("#adding");
  box.hidden = false;
  fill(box, make("p", {}, "Unpacking ", named(file.name), " ..."));
  if (file.size > LARGEST_ZIP) {
    result.refused.push(`${file.name}: has more than 2 GiB; unpack it, and open the folder.`);
    return;
  }
  try {
    const answer = await send(address({ class: name }, file.name, "/api/photos/zip"), file, { signal });
    for (const [of, count] of Object.entries(answer.classes)) result.classes.set(of, (result.classes.get(of) ?? 0) + count);
    result.same += answer.same;
    result.refused.push(...answer.refused);
  } catch (error) {
    if (error.name !== "AbortError") result.refused.push(error.message);
  }
}

/** Show how many of how many are sent; the answer is to be called after each. */
function progress(total, cancel) {
  if (!total) return () => {};
  const box = find("#adding");
  const bar = make("progress", { max: total, value: 0, "aria-label": "Photos sent" });
  const text = make("span", { class: "number" });
  let done = 0;
  box.hidden = false;
  fill(box, make("div", { class: "row" }, "Adding photos", bar, text, make("button", { type: "button", onclick: cancel }, "Cancel")));
  return () => {
    done += 1;
    bar.value = done;
    text.textContent = `${done.toLocaleString("en")} of ${total.toLocaleString("en")}`;
  };
}
