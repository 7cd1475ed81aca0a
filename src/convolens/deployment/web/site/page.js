// The page: photos come in, the model is asked of one after the other, and what it says is shown.
"use strict";

const RUNTIME = { code: "onnxruntime/ort.wasm.bundle.min.mjs", wasm: "onnxruntime/ort-wasm-simd-threaded.wasm" };
const SHOWN = 5; // classes, the likeliest; the others are folded away
const $ = (id) => document.getElementById(id);

let folder = null; // the files by path, of a page opened from a disk
let names = [];
let model = null; // a promise of the Worker that has it
let last = Promise.resolve(); // of the questions, one after the other
let stream = null; // of the camera

// ---- what lies beside the page

/** Returns a file beside the page as a Blob. */
async function beside(path) {
  if (folder) {
    const file = folder.get(path);
    if (!file) throw new Error(`${path} is not in this folder; choose the one that holds index.html.`);
    return file;
  }
  const response = await fetch(path, { cache: "no-cache" }).catch(() => null); // else old labels with a new model
  if (!response?.ok) throw new Error(`${path} cannot be read${response ? ` (${response.status})` : ""}; the whole folder has to be on the server.`);
  return response.blob();
}

/** Opens the model: a Worker that answers. */
async function load() {
  const paths = [RUNTIME.code, RUNTIME.wasm, "model.onnx", "worker.js", "labels.txt"];
  let done = 0;
  $("loading").hidden = false;
  problem("");
  const [code, wasm, graph, script, labels] = await Promise.all(
    paths.map(async (path) => {
      const blob = await beside(path);
      $("progress").value = ++done / (paths.length + 1);
      return blob;
    }),
  );
  showNames((await labels.text()).replace(/\n$/, "").split("\n"));
  const address = URL.createObjectURL(new Blob([script], { type: "text/javascript" }));
  const worker = new Worker(address);
  const given = { code: await code.text(), wasm: await wasm.arrayBuffer(), model: await graph.arrayBuffer() };
  await asked(worker, given, [given.wasm, given.model]).catch((error) => {
    worker.terminate();
    throw error;
  });
  URL.revokeObjectURL(address);
  $("loading").hidden = true;
  return worker;
}

function asked(worker, question, moved) {
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => (data.error ? reject(new Error(data.error)) : resolve(data));
    worker.onerror = (event) => reject(new Error(event.message || "the browser cannot run it"));
    worker.postMessage(question, moved);
  });
}

function begin() {
  model = load();
  model.catch((error) => {
    model = null;
    $("loading").hidden = true;
    problem(`The model cannot be loaded: ${error.message}`);
  });
}

/** Returns what the model says of a canvas: probabilities, answer, unknown; questions wait for each other. */
function ask(canvas) {
  const answer = last.then(async () => {
    if (!model) begin();
    const worker = await model;
    const { data, width, height } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    let found;
    try {
      found = await asked(worker, { width, height, rgba: data }, [data.buffer]);
    } catch (error) { // its memory may be spent: the next question gets a new one
      worker.terminate();
      model = null;
      throw new Error(`The model gave no answer; the photo may be too large for this browser's memory (${error.message}).`);
    }
    if (found.probabilities.length !== names.length) throw new Error("labels.txt is not that of model.onnx; export the page anew.");
    return found;
  });
  last = answer.catch(() => {});
  return answer;
}

// ---- what is shown

function element(tag, className, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

function named(tag, className, name) {
  const made = element(tag, className);
  made.append(element("bdi", "", name)); // each name runs as its script does
  return made;
}

const share = (probability) => `${(100 * probability).toFixed(1)}%`;

function showNames(found) {
  names = found;
  $("names").replaceChildren(...names.map((name) => named("li", "", name)));
  $("known").open = names.length <= 12;
}

function problem(text) {
  $("problem").textContent = text;
  $("problem").hidden = !text;
}

/** Returns the classes that an answer says, as numbers; none where the photo is unknown. */
function said(answer) {
  if (answer.unknown) return [];
  if (!Array.isArray(answer.answer)) return [answer.answer];
  return answer.answer.flatMap((has, i) => (has ? [i] : [])).sort((a, b) => answer.probabilities[b] - answer.probabilities[a]);
}

function inWords(answer) {
  if (answer.unknown) return "unknown";
  return said(answer).map((i) => names[i]).join(", ") || "none of the labels";
}

/** Returns an answer as a heading, and a bar for each class, the likeliest first. */
function shown(answer) {
  const heading = named("h2", answer.unknown ? "unknown" : "", inWords(answer));
  const order = answer.probabilities.map((_, i) => i).sort((a, b) => answer.probabilities[b] - answer.probabilities[a]);
  const chosen = new Set(said(answer));
  const most = Math.max(SHOWN, chosen.size);
  const parts = [heading, rows(order.slice(0, most), answer, chosen)];
  if (answer.unknown) parts.splice(1, 0, element("p", "note quiet", "Like none of what it knows; the nearest are:"));
  if (order.length > most) {
    const rest = element("details", "note");
    rest.append(element("summary", "", `${order.length - most} more`), rows(order.slice(most), answer, chosen));
    parts.push(rest);
  }
  return parts;
}

function rows(numbers, answer, chosen) {
  const list = element("ul", "rows");
  list.setAttribute("role", "list");
  for (const i of numbers) {
    const row = element("li"), track = element("span", "track"), bar = element("i");
    row.dataset.class = i;
    row.dataset.probability = answer.probabilities[i];
    bar.style.width = `${100 * answer.probabilities[i]}%`;
    track.setAttribute("aria-hidden", "true");
    track.append(bar);
    const several = Array.isArray(answer.answer) && chosen.has(i);
    row.append(named("span", chosen.has(i) ? "name said" : "name", `${several ? "✓ " : ""}${names[i]}`));
    row.append(element("span", "share", share(answer.probabilities[i])), track);
    list.append(row);
  }
  return list;
}

/** Adds a card for a photo, and returns what fills it. */
function addCard(title) {
  const card = element("article", "card"), file = named("p", "file quiet", title), answer = element("div", "", "waiting ...");
  card.append(file, answer);
  $("results").prepend(card);
  $("clear").hidden = false;
  return {
    picture(canvas) {
      const scale = Math.min(1, 640 / Math.max(canvas.width, canvas.height));
      const small = canvasOf(canvas, Math.max(1, Math.round(canvas.width * scale)), Math.max(1, Math.round(canvas.height * scale)));
      small.setAttribute("role", "img");
      small.setAttribute("aria-label", title);
      card.prepend(small);
    },
    note(text) {
      card.append(element("p", "note quiet", text));
    },
    answer(found) {
      answer.replaceChildren(...shown(found));
      card.dataset.state = "answered";
      $("status").textContent = `${title}: ${inWords(found)}`;
    },
    problem(text) {
      answer.replaceChildren(element("p", "problem", text));
      card.dataset.state = "problem";
      $("status").textContent = `${title}: ${text}`;
    },
  };
}

// ---- photos

async function answerFile(file, card) {
  try {
    const { canvas, shrunk } = await drawn(file);
    card.picture(canvas);
    if (shrunk) {
      card.note(`Its ${shrunk.join(" × ")} pixels are more than every browser can draw: it was made ${canvas.width} × ${canvas.height} first.`);
    }
    card.answer(await ask(canvas));
  } catch (error) {
    card.problem(error.message);
  }
}

let reading = Promise.resolve(); // photos are decoded one after the other too

function add(files) {
  if ($("ask").hidden) return; // there is no model yet
  for (const file of files) {
    const card = addCard(file.name || "pasted picture");
    reading = reading.then(() => answerFile(file, card));
  }
}

$("files").addEventListener("change", ({ target }) => {
  add(target.files);
  target.value = ""; // the same photo may be chosen again
});
for (const type of ["dragenter", "dragover"]) {
  addEventListener(type, (event) => {
    event.preventDefault();
    document.body.classList.add("over");
  });
}
addEventListener("dragleave", (event) => {
  if (!event.relatedTarget) document.body.classList.remove("over");
});
addEventListener("drop", (event) => {
  event.preventDefault();
  document.body.classList.remove("over");
  add(event.dataTransfer.files);
});
addEventListener("paste", (event) => add(event.clipboardData.files));
$("clear").addEventListener("click", () => {
  $("results").replaceChildren();
  $("clear").hidden = true;
  $("files").focus();
});

// ---- camera

$("camera").addEventListener("click", async () => {
  problem("");
  if (!navigator.mediaDevices) {
    problem("Browsers give the camera to pages from https:// or localhost alone.");
    return;
  }
  try {
    stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment", width: { ideal: 640 } } });
  } catch (error) {
    problem(error.name === "NotAllowedError" ? "The camera was not allowed." : `There is no camera to use (${error.message}).`);
    return;
  }
  $("camera").disabled = true;
  $("live").hidden = false;
  $("video").srcObject = stream;
  await $("video").play();
  $("stop").focus();
  watch(stream);
});

/** Asks of one frame after the other, as fast as there are answers. */
async function watch(watched) {
  const video = $("video");
  let before = "";
  while (stream === watched) {
    try {
      const answer = await ask(canvasOf(video, video.videoWidth, video.videoHeight));
      if (stream !== watched) break;
      $("live-answer").replaceChildren(...shown(answer));
      const words = inWords(answer);
      if (words !== before) $("status").textContent = words;
      before = words;
    } catch (error) {
      stopCamera();
      problem(error.message);
    }
    await new Promise((resolve) => setTimeout(resolve, 150));
  }
}

function stopCamera() {
  stream?.getTracks().forEach((track) => track.stop());
  stream = null;
  $("video").srcObject = null;
  $("live").hidden = true;
  $("camera").disabled = false;
}

$("stop").addEventListener("click", () => {
  stopCamera();
  $("camera").focus();
});
$("keep").addEventListener("click", async () => {
  const video = $("video"), canvas = canvasOf(video, video.videoWidth, video.videoHeight), card = addCard("camera");
  card.picture(canvas);
  try {
    card.answer(await ask(canvas));
  } catch (error) {
    card.problem(error.message);
  }
});

// ---- whether the page answers as the model did when it was exported

async function check() {
  const { tolerance, photos: expected } = JSON.parse(await (await beside("sample/expected.json")).text());
  let largest = 0;
  for (const photo of expected) {
    const { canvas } = await drawn(await beside(`sample/${photo.file}`));
    const answer = await ask(canvas);
    const off = Math.max(...photo.probabilities.map((probability, i) => Math.abs(probability - answer.probabilities[i])));
    const same = JSON.stringify(answer.answer) === JSON.stringify(photo.answer) && Boolean(answer.unknown) === Boolean(photo.unknown);
    if (!(off <= tolerance) || !same) {
      throw new Error(
        `${photo.file} gets another answer than when the model was exported (off by ${off.toExponential(1)}). ` +
          "A browser that changes pixels against fingerprinting does that; try another.",
      );
    }
    largest = Math.max(largest, off);
  }
  return `The page answers as the model did when it was exported: ${expected.length} photos, off by at most ${largest.toExponential(1)}.`;
}

$("check").addEventListener("click", async () => {
  $("check").disabled = true;
  $("checked").className = "quiet";
  $("checked").textContent = "asking ...";
  try {
    $("checked").textContent = await check();
  } catch (error) {
    $("checked").className = "problem";
    $("checked").textContent = error.message;
  }
  $("check").disabled = false;
});

// ---- begin

$("folder").addEventListener("change", ({ target }) => {
  folder = new Map(Array.from(target.files, (file) => [file.webkitRelativePath.split("/").slice(1).join("/"), file]));
  problem("");
  if (!folder.has("model.onnx")) {
    problem("There is no model.onnx in this folder; choose the one that holds index.html.");
    return;
  }
  $("from-disk").hidden = true;
  $("ask").hidden = $("footer").hidden = false;
  begin();
});

if (location.protocol === "file:") {
  $("from-disk").hidden = false;
  $("ask").hidden = $("footer").hidden = true;
} else {
  begin();
}
