// Files and folders that are dropped on a page, read to their last photo.
import { counted } from "../elements/numbers.js";
import { tell } from "../elements/toast.js";

const AT_ONCE = 4;
const ENDINGS = /\.(jpe?g|jpe|jfif|png|bmp|dib|p[pgbn]m|tiff?|webp|gif|avif|jp2|mpo|heic|heif)$/i;

export const isZip = (file) => /\.zip$/i.test(file.name);
export const isPhoto = (file) => ENDINGS.test(file.name) || file.type.startsWith("image/");
/** Whether a path is the user's own, and no hidden file of a system. */
export const isVisible = (path) => !path.split("/").some((part) => part.startsWith(".") || part === "__MACOSX");

/** Call `dropped([{file, path}])` for what is dropped anywhere on the page; `hovering(whether)` is told while something is held over it. */
export function onDrop(hovering, dropped) {
  let depth = 0; // of elements within each other that the pointer has entered
  let own = false; // whether it is a picture or a text of this page
  const isFile = (event) => event.dataTransfer.types.includes("Files");
  const isOthers = (event) => own || (!isFile(event) && Boolean(event.target.closest?.("input, textarea"))); // a text for that field
  const over = (by) => (event) => {
    if (isOthers(event)) return;
    event.preventDefault();
    depth += by;
    hovering(depth > 0 && isFile(event));
  };
  document.addEventListener("dragstart", () => { own = true; });
  document.addEventListener("dragend", () => { own = false; });
  document.addEventListener("dragenter", over(1));
  document.addEventListener("dragleave", over(-1));
  document.addEventListener("dragover", over(0));
  document.addEventListener("drop", async (event) => {
    if (isOthers(event)) return;
    event.preventDefault();
    depth = 0;
    hovering(false);
    const entries = [...event.dataTransfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
    const loose = entries.length ? [] : [...event.dataTransfer.files].map((file) => ({ file, path: file.name }));
    const unread = [];
    const found = [...loose, ...(await Promise.all(entries.map((entry) => filesOf(entry, unread)))).flat()];
    if (unread.length) tell(`${counted(unread.length, "file")} cannot be read by the browser; the first: ${unread[0]}.`, { problem: true });
    if (found.length) dropped(found);
    else if (!unread.length) tell("That is no file; drop photos from a folder, or save the picture first.", { problem: true });
  });
}

/** Return the files of a dropped file or folder, and of all folders in it; the paths of those that cannot be read are added to `unread`. */
async function filesOf(entry, unread, before = "") {
  const path = before + entry.name;
  const found = [];
  try {
    if (entry.isFile) return [{ file: await new Promise((resolve, reject) => { entry.file(resolve, reject); }), path }];
    const reader = entry.createReader();
    for (;;) {
      const some = await new Promise((resolve, reject) => { reader.readEntries(resolve, reject); }); // at most a hundred
      if (!some.length) return found;
      for (const inner of some) found.push(...await filesOf(inner, unread, `${path}/`));
    }
  } catch {
    unread.push(path);
    return found;
  }
}

/** Do work for each job, a few at once, until all are done or the signal ends it. */
export async function each(jobs, work, signal) {
  let next = 0;
  const worker = async () => {
    while (next < jobs.length && !signal.aborted) {
      next += 1;
      await work(jobs[next - 1]);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}
