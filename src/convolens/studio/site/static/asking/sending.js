// Photos on their way to the studio: a few at a time, shown in a box with a button that ends it, and what was refused in the end.
import { fill, make, named } from "../elements/dom.js";
import { Meter } from "../elements/meter.js";
import { counted } from "../elements/numbers.js";
import { address, send } from "./api.js";
import { each } from "./dropped.js";
import { onNews } from "./news.js";

const LARGEST = 64 * 2 ** 20; // bytes, as of the server
const LARGEST_ZIP = 2 * 2 ** 30;
const stay = (event) => event.preventDefault(); // whoever leaves the page meanwhile is asked whether that is meant

export class Sending {
  /** Args: box: an element that is shown meanwhile. */
  constructor(box) {
    this.box = box;
    this.busy = false;
    onNews("adding", (values) => { if (this.unpacking && values) this.meter.show(this.unpacking, values.done, values.total); });
  }

  /**
   * Send photos, then zips, and return {added: ids, classes: class -> number of photos ("" for none), same, elsewhere: how many of those lie in another class, refused, cancelled}.
   * Args: jobs: [{file, class, side}]; zips: files; into: the class of a zip's photos that lie in no folder, or null.
   */
  async send(jobs, zips = [], into = null) {
    const result = { added: [], classes: new Map(), same: 0, elsewhere: 0, refused: [], cancelled: false };
    const { signal } = this.#begin(jobs.length);
    let done = 0;
    try {
      await each(jobs, async (job) => {
        await photo(job, result, signal);
        done += 1;
        this.meter.show("Adding photos", done, jobs.length);
      }, signal);
      for (const file of zips) await this.#zip(file, into, result, signal);
    } finally {
      this.#end();
    }
    result.cancelled = signal.aborted;
    if (result.refused.length) this.#tellRefused(result.refused);
    return result;
  }

  #begin(total) {
    const work = new AbortController();
    this.busy = true;
    this.meter = new Meter(make("button", { type: "button", onclick: () => work.abort() }, "Cancel"));
    this.meter.show("Adding photos", 0, total);
    fill(this.box, this.meter.element);
    this.box.hidden = false;
    window.addEventListener("beforeunload", stay);
    return work;
  }

  #end() {
    this.busy = false;
    this.unpacking = null;
    this.box.hidden = true;
    window.removeEventListener("beforeunload", stay);
  }

  async #zip(file, into, result, signal) {
    if (signal.aborted) return;
    if (file.size > LARGEST_ZIP) {
      result.refused.push(`${file.name}: has more than 2 GiB; unpack it, and open the folder.`);
      return;
    }
    this.unpacking = `Unpacking ${file.name}`;
    this.meter.show(this.unpacking);
    await refusing(result, async () => {
      const answer = await send(address("/api/photos/zip", { class: into, name: file.name }), file, { signal });
      for (const [name, count] of Object.entries(answer.classes)) add(result.classes, name, count);
      result.same += answer.same;
      result.elsewhere += answer.elsewhere;
      result.refused.push(...answer.refused);
    });
  }

  #tellRefused(lines) {
    fill(this.box, make("p", { class: "problem", role: "alert" }, `${counted(lines.length, "file")} ${lines.length === 1 ? "was" : "were"} refused:`),
      make("ul", { class: "refused", tabindex: 0, "aria-label": "Refused files" }, lines.slice(0, 200).map((line) => make("li", {}, named(line)))),
      make("button", { type: "button", onclick: () => { this.box.hidden = true; } }, "Close"));
    this.box.hidden = false;
  }
}

const add = (classes, name, count) => classes.set(name, (classes.get(name) ?? 0) + count);

async function photo(job, result, signal) {
  if (job.file.size > LARGEST) {
    result.refused.push(`${job.file.name}: has more than ${LARGEST / 2 ** 20} MiB, which is more than a photo may have here; make it smaller.`);
    return;
  }
  await refusing(result, async () => {
    const answer = await send(address("/api/photos/add", { class: job.class, side: job.side, name: job.file.name }), job.file, { signal });
    if (!answer.new) { result.same += 1; result.elsewhere += Number(answer.elsewhere); return; }
    if (answer.photo) result.added.push(answer.photo);
    add(result.classes, answer.class ?? "", 1);
  });
}

/** Do a piece of work; what is refused of it goes with the others that were. */
async function refusing(result, work) {
  try {
    await work();
  } catch (error) {
    if (error.name !== "AbortError") result.refused.push(error.message);
  }
}
