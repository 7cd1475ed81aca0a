// Try: photos that a run has never seen, dropped, pasted, chosen or taken by the camera.
import { get, trying } from "../api.js";
import { liveCamera } from "../answers/camera.js";
import { tellWaiting } from "../answers/nearest.js";
import { Tried } from "../answers/tried.js";
import { offerUnknown } from "../answers/unknown.js";
import { fill, find, make } from "../dom.js";
import { pickRun } from "../runs.js";
import { tell } from "../toast.js";

const MOST = 48; // photos that are shown at once
const METHODS = { "grad-cam": "Grad-CAM", "grad-cam++": "Grad-CAM++", occlusion: "occlusion (slow)", "integrated-gradients": "integrated gradients (slow)" };
const settings = { run: null, method: "grad-cam", strength: 0.8, limit: Infinity };
const cards = new Set();

function add(files) {
  const all = [...files];
  for (const file of all.slice(0, MOST)) {
    const card = new Tried(file, settings, (gone) => cards.delete(gone));
    cards.add(card);
    find("#tried").prepend(card.element);
  }
  if (all.length > MOST) tell(`${MOST} photos of ${all.length} are tried; \`convolens predict\` takes any number.`, { problem: true });
  for (const card of [...cards].slice(0, Math.max(0, cards.size - MOST))) {
    card.element.remove();
    cards.delete(card);
  }
}

async function choose(run) {
  settings.run = run;
  find("#empty").hidden = run !== null;
  find("#page").hidden = run === null;
  if (run === null) return;
  await trying(async () => {
    const about = await get("/api/answers", { run });
    settings.limit = about.limit;
    tellAbout(about);
    const method = find("#method");
    if (!method.options.length) {
      fill(method, about.methods.map(({ name }) => make("option", { value: name }, METHODS[name] ?? name)), make("option", { value: "" }, "none"));
      method.value = settings.method;
    }
  });
  for (const card of cards) card.ask();
}

/** Say how the run answers, and offer to teach it to say "unknown". */
function tellAbout(about) {
  fill(find("#lines"), about.lines.map((line) => make("li", {}, line)));
  offerUnknown(settings.run, about, (taught) => {
    tellAbout(taught);
    for (const card of cards) card.ask();
  });
}

const drop = find("#drop");
for (const kind of ["dragenter", "dragover"]) {
  document.addEventListener(kind, (event) => { event.preventDefault(); drop.classList.add("over"); });
}
document.addEventListener("dragleave", (event) => { if (!event.relatedTarget) drop.classList.remove("over"); });
document.addEventListener("drop", (event) => {
  event.preventDefault();
  drop.classList.remove("over");
  if (settings.run === null) return;
  if (event.dataTransfer.files.length) add(event.dataTransfer.files);
  else tell("That is no file; drop photos from a folder, or save the picture first.", { problem: true });
});
document.addEventListener("paste", (event) => { if (settings.run !== null && event.clipboardData.files.length) add(event.clipboardData.files); });
find("#files").addEventListener("change", (event) => { add(event.target.files); event.target.value = ""; });
find("#method").addEventListener("change", (event) => { settings.method = event.target.value; for (const card of cards) card.heat(); });
find("#strength").addEventListener("input", (event) => { settings.strength = event.target.value / 100; for (const card of cards) card.strength(); });
find("#camera").addEventListener("click", (event) => {
  event.target.disabled = true;
  liveCamera(find("#live"), settings, { keep: (file) => add([file]), closed: () => { event.target.disabled = false; event.target.focus(); } });
});

tellWaiting("try");
trying(() => pickRun(find("#run"), choose));
