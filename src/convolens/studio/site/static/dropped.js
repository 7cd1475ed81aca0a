// Files and folders that are dropped on a page, read to their last photo.
const AT_ONCE = 4;
const ENDINGS = /\.(jpe?g|jpe|jfif|png|bmp|dib|p[pgbn]m|tiff?|webp|gif|avif|jp2|mpo|heic|heif)$/i;

export const isZip = (file) => /\.zip$/i.test(file.name);
export const isPhoto = (file) => ENDINGS.test(file.name) || file.type.startsWith("image/");
/** Whether a path is the user's own, and no hidden file of a system. */
export const isVisible = (path) => !path.split("/").some((part) => part.startsWith(".") || part === "__MACOSX");

/** Call `dropped([{file, path}])` for what is dropped anywhere on the page; `sign` is shown while something hovers. */
export function onDrop(sign, dropped) {
  let depth = 0;
  const ours = (event) => event.dataTransfer?.types.includes("Files");
  document.addEventListener("dragenter", (event) => { if (ours(event)) { depth += 1; sign.hidden = false; event.preventDefault(); } });
  document.addEventListener("dragleave", (event) => { if (ours(event)) { depth -= 1; sign.hidden = depth <= 0; } });
  document.addEventListener("dragover", (event) => { if (ours(event)) event.preventDefault(); });
  document.addEventListener("drop", async (event) => {
    if (!ours(event)) return;
    event.preventDefault();
    depth = 0;
    sign.hidden = true;
    const entries = [...event.dataTransfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
    const loose = entries.length ? [] : [...event.dataTransfer.files].map((file) => ({ file, path: file.name }));
    dropped([...loose, ...(await Promise.all(entries.map((entry) => filesOf(entry)))).flat()]);
  });
}

/** Return the files of a dropped file or folder, and of all folders in it. */
async function filesOf(entry, before = "") {
  const path = before + entry.name;
  if (entry.isFile) return [{ file: await new Promise((resolve, reject) => { entry.file(resolve, reject); }), path }];
  const reader = entry.createReader();
  const found = [];
  for (;;) {
    const some = await new Promise((resolve, reject) => { reader.readEntries(resolve, reject); }); // at most a hundred
    if (!some.length) break;
    for (const inner of some) found.push(...await filesOf(inner, `${path}/`));
  }
  return found;
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
