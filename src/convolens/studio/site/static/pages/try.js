// Try: photos that a run has never seen, dropped, pasted, chosen or taken by the camera.
import { liveCamera } from "../answers/live_camera.js";
import { tellWaiting } from "../answers/nearest.js";
import { Tried } from "../answers/tried.js";
import { offerUnknown } from "../answers/unknown.js";
import { get, trying } from "../asking/api.js";
import { isVisible, onDrop } from "../asking/dropped.js";
import { newest } from "../asking/latest.js";
import { pickRun } from "../asking/runs.js";
import { fill, find, make } from "../elements/dom.js";
import { tell } from "../elements/toast.js";

const MOST = 48; // photos that are shown at once
const METHODS = { "grad-cam": "Grad-CAM", "grad-cam++": "Grad-CAM++", occlusion: "occlusion (slow)", "integrated-gradients": "integrated gradients (slow)" };
const settings = { run: null, method: "grad-cam", strength: 0.8, limit: Infinity };
const cards = new Set();
const choosing = newest();

function add(files) {
  if (settings.run === null) return;
  for (const file of files.slice(0, MOST)) {
    const card = new Tried(file, settings, (gone) => cards.delete(gone));
    cards.add(card);
    find("#tried").prepend(card.element);
  }
  if (files.length > MOST) tell(`${MOST} photos of ${files.length} are tried; \`convolens predict\` takes any number.`, { problem: true });
  for (const card of [...cards].slice(0, Math.max(0, cards.size - MOST))) card.close();
}

async function choose(run) {
  const current = choosing();
  settings.run = run;
  find("#empty").hidden = run !== null;
  find("#page").hidden = run === null;
  if (run === null) return;
  for (const card of cards) card.ask();
  const about = await trying(() => get("/api/answers", { run }));
  if (!about || !current()) return;
  settings.limit = about.limit;
  tellAbout(about);
  const method = find("#method");
  if (method.options.length) return;
  fill(method, about.methods.map(({ name }) => make("option", { value: name }, METHODS[name] ?? name)), make("option", { value: "" }, "none"));
  method.value = settings.method;
}

/** Say how the run answers, and offer to teach it to say "unknown". */
function tellAbout(about) {
  fill(find("#lines"), about.lines.map((line) => make("li", {}, line)));
  const { run } = settings;
  offerUnknown(run, about, (taught) => {
    if (run !== settings.run) return;
    tellAbout(taught);
    for (const card of cards) card.ask();
  });
}

onDrop((whether) => find("#drop").classList.toggle("over", whether), (found) => add(found.filter(({ path }) => isVisible(path)).map(({ file }) => file)));
document.addEventListener("paste", (event) => add([...event.clipboardData.files]));
find("#files").addEventListener("change", (event) => { add([...event.target.files]); event.target.value = ""; });
find("#method").addEventListener("change", (event) => { settings.method = event.target.value; for (const card of cards) card.heat(); });
find("#strength").addEventListener("input", (event) => { settings.strength = event.target.value / 100; for (const card of cards) card.strength(); });
find("#camera").addEventListener("click", (event) => {
  event.target.disabled = true;
  liveCamera(find("#live"), settings, { keep: (file) => add([file]), closed: () => { event.target.disabled = false; event.target.focus(); } });
});

tellWaiting("try");
trying(() => pickRun(find("#run"), choose, choose));
