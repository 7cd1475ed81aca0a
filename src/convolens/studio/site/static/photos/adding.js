// Photos that are dropped, pasted, chosen or taken: read out of folders, sent, told in the end.
import { address, send, trying } from "../asking/api.js";
import { isPhoto, isVisible, isZip, onDrop } from "../asking/dropped.js";
import { Sending } from "../asking/sending.js";
import { openCamera } from "../elements/camera.js";
import { chooseClass } from "../elements/choose_class.js";
import { find } from "../elements/dom.js";
import { counted, thousands } from "../elements/numbers.js";
import { tell } from "../elements/toast.js";

export class Adding {
  constructor({ view, classes, actions, opened }) {
    Object.assign(this, { view, classes, actions, opened });
    this.busy = false;
    this.sending = new Sending(find("#adding"));
    find("#add-files").addEventListener("change", (event) => this.fromInput(event.target));
    find("#add-folder").addEventListener("change", (event) => this.fromInput(event.target));
    find("#camera").addEventListener("click", () => this.camera());
    document.addEventListener("paste", (event) => {
      const files = [...(event.clipboardData?.files ?? [])];
      if (!files.length) return;
      event.preventDefault();
      this.add(files.map((file) => ({ file, path: file.name })));
    });
    onDrop((whether) => { find("#drop").hidden = !whether; }, (found) => this.add(found));
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
    const zips = visible.filter(({ file }) => isZip(file)).map(({ file }) => file);
    const photos = visible.filter(({ file }) => !isZip(file) && isPhoto(file));
    if (!zips.length && !photos.length) {
      tell(`None of ${counted(found.length, "file")} is a photo that can be read.`, { problem: true });
      return;
    }
    this.busy = true;
    const result = await trying(() => this.send(zips, photos));
    this.busy = false;
    if (this.opened()) {
      if (result) this.say(result, found.length - zips.length - photos.length);
      await this.actions.changed(); // and what others have changed meanwhile
    } else if (result) this.begin(result.refused.length);
  }

  /** Show the folder that has just been made for the first photos; where some were refused, when that is read. */
  begin(refused) {
    if (!refused) location.assign("/");
    else find("#adding button").addEventListener("click", () => location.assign("/"));
  }

  /** Send photos; return what became of them, or null where the question for their class was closed. */
  async send(zips, photos) {
    if (!this.opened()) await send("/api/begin/new");
    const inFolders = photos.filter(({ path }) => path.includes("/"));
    const loose = photos.filter(({ path }) => !path.includes("/"));
    let places = [];
    if (inFolders.length) places = (await send("/api/photos/arrange", { paths: inFolders.map(({ path }) => path) })).places;
    const jobs = inFolders.map(({ file }, index) => ({ file, ...places[index] }));
    if (loose.length) {
      const name = await this.classFor(loose.length);
      if (name === null) return null;
      jobs.push(...loose.map(({ file }) => ({ file, class: name, side: null })));
    }
    return this.sending.send(jobs, zips, this.view.class);
  }

  /** Return the class for photos without a folder: the one that is looked at, or one that is asked for. */
  classFor(count) {
    if (this.view.class !== null && this.view.place === "photos") return this.view.class;
    return chooseClass({
      title: `Which class ${count === 1 ? "is this photo" : `are these ${thousands(count)} photos`} of?`, action: "Add", classes: this.classes(), none: "None yet: I label them next",
    });
  }

  say({ added, classes, same, elsewhere, cancelled }, ignored) {
    const count = [...classes.values()].reduce((sum, one) => sum + one, 0);
    const names = [...classes.keys()].filter((name) => name !== "").sort();
    const shown = names.slice(0, 3).join(", ") + (names.length > 3 ? ` and ${counted(names.length - 3, "more class", "more classes")}` : "");
    const parts = [`Added ${counted(count, "photo")}${shown ? ` to ${shown}` : ""}`];
    if (classes.get("")) parts.push(`${counted(classes.get(""), "photo")} of no class yet: see Label next`);
    if (same) parts.push(`${same === 1 ? "1 was" : `${thousands(same)} were`} there already${elsewhere ? `, ${thousands(elsewhere)} of them not in ${elsewhere === 1 ? "its" : "their"} class` : ""}`);
    if (ignored) parts.push(ignored === 1 ? "1 file is no photo" : `${counted(ignored, "file")} are no photos`);
    if (cancelled) parts.push("the others were cancelled");
    tell(`${parts.join("; ")}.`, added.length ? { action: "Undo", run: () => this.actions.aside(added), seconds: 15 } : {});
  }

  async camera() {
    const name = await this.classFor(1);
    if (name === null) return;
    openCamera({
      title: name ? `A photo of ${name}` : "A photo",
      take: async (blob) => {
        const stamp = new Date().toISOString().slice(0, 23).replace(/[:.]/g, "-");
        const answer = await trying(() => send(address("/api/photos/add", { class: name, name: `camera-${stamp}.jpg` }), blob));
        if (answer) this.actions.changed();
        return answer?.done;
      },
    });
  }
}
