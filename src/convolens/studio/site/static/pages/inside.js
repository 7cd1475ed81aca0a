// Inside: the layers of a network in their order, and what each makes of a photo.
import { address, get } from "../asking/api.js";
import { setCurrentRun } from "../asking/current_run.js";
import { latest } from "../asking/latest.js";
import { problemLine, showing } from "../asking/problem.js";
import { followRuns, runText } from "../asking/runs.js";
import { fill, find, make, named } from "../elements/dom.js";
import { shape, thousands } from "../elements/numbers.js";
import { showMaps } from "../lessons/feature_maps.js";
import { tick } from "../lessons/fields.js";
import { showFilters } from "../lessons/filters.js";
import { PhotoPicker } from "../lessons/photo_picker.js";

const problem = problemLine();
const network = make("select", { id: "network", data: { field: "network" } });
const about = make("div");
const seen = make("img", { class: "pixels seen", alt: "The photo as the network is shown it", hidden: true });
const list = make("ol", { class: "layers" });
const only = tick({ label: "Only layers with weights", changed: (on) => list.classList.toggle("only", on), data: { field: "only" } });
let open = null;
let showOpen = null;

/** {run: its id} or {model: its name}. */
const asked = () => {
  const [kind, ...name] = network.value.split(":");
  return { [kind]: name.join(":") };
};

const look = latest(() => showing(problem, async () => {
  list.setAttribute("aria-busy", "true");
  fill(about, make("p", { class: "quiet" }, "Looking into it …"));
  const found = await get("/api/inside/network", asked()).finally(() => list.removeAttribute("aria-busy"));
  fill(about, make("p", {}, make("b", {}, named(found.name)), `: ${found.weights}.`),
    make("p", { class: "totals" }, `Takes ${shape(found.input_shape)} numbers. `, make("b", { data: { total: "parameters" } }, thousands(found.parameters)), " parameters, ",
      make("b", { data: { total: "macs" } }, thousands(found.multiply_accumulates)), " multiply-accumulates a photo."),
    found.classes.length ? make("p", { class: "quiet" }, "Tells apart: ", found.classes.slice(0, 12).map((name, place) => [place ? ", " : "", named(name)]), found.classes.length > 12 ? " …" : "") : null);
  showOpen = opener();
  const most = Math.max(...found.layers.map((layer) => layer.multiply_accumulates), 1);
  fill(list, found.layers.map((layer) => row(layer, most)));
  const wanted = found.layers.find(({ number, maps }) => maps && number === open) ?? found.layers.find(({ maps, filters }) => maps && filters) ?? found.layers.find(({ maps }) => maps);
  open = null;
  if (wanted) list.children[found.layers.indexOf(wanted)].querySelector("button").click();
  showPhoto();
}));

function field(value) {
  if (!value) return "sees: not known";
  return `sees ${value.rows} × ${value.columns} pixels${value.step === null ? "" : `, step ${value.step}`}`;
}

function row(layer, most) {
  const shown = make("div", { class: "opened", hidden: true });
  const share = make("progress", { value: layer.multiply_accumulates, max: most, "aria-label": "share of the multiply-accumulates of the costliest layer" });
  const button = make("button", { type: "button", class: "layer", "aria-expanded": "false", data: { layer: layer.number } },
    make("span", {}, make("span", { class: "kind" }, `${layer.number + 1}. ${layer.kind}`), " ", make("span", { class: "quiet path" }, layer.name)),
    make("span", {}, layer.used ? (layer.shape ? shape(layer.shape) : "–") : "not used"),
    make("span", { class: "quiet" }, `${thousands(layer.parameters)} parameters`),
    make("span", { class: "quiet" }, `${thousands(layer.multiply_accumulates)} MACs`), make("span", { class: "quiet" }, field(layer.field)));
  button.addEventListener("click", () => {
    const was = button.getAttribute("aria-expanded") === "true";
    for (const other of list.querySelectorAll("button.layer[aria-expanded=true]")) {
      other.setAttribute("aria-expanded", "false");
      other.parentElement.querySelector(".opened").hidden = true;
    }
    open = was ? null : layer.number;
    if (was) return;
    button.setAttribute("aria-expanded", "true");
    shown.hidden = false;
    showOpen(shown, layer);
  });
  return make("li", { class: layer.parameters ? null : "bare" }, button, layer.multiply_accumulates ? share : null, shown);
}

/** Opens layers one after the other; made anew for each network, so that nobody waits for one that was left. */
const opener = () => latest((shown, layer) => showing(problem, async () => {
  if (!layer.maps && !layer.filters) {
    fill(shown, make("p", { class: "quiet" }, layer.shape && layer.shape.length === 1 ? `Gives ${thousands(layer.shape[0])} numbers, which have no places to show.` : "Gives no map of its own: it hands on what it is given, or is not used here."));
    return;
  }
  const [maps, kernels] = [make("div"), make("div")];
  fill(shown, maps, kernels);
  fill(maps, make("p", { class: "quiet" }, "Working; a large network with fresh weights draws them first, which takes some seconds …"));
  if (layer.maps) {
    const told = await showMaps(maps, { ...asked(), photo: picker.value, layer: layer.number });
    maps.append(make("p", { class: "quiet" }, `All layers of this photo in ${thousands(Math.round(told.milliseconds))} ms.`));
  }
  if (layer.filters) await showFilters(kernels, { ...asked(), layer: layer.number });
}));

function showPhoto() {
  if (!picker.value || !network.value) return;
  seen.src = address("/api/inside/photo", { ...asked(), photo: picker.value });
  seen.hidden = false;
}

const photos = make("div", { class: "card" });
const picker = new PhotoPicker(photos, () => {
  const button = list.querySelector("button.layer[aria-expanded=true]");
  showPhoto();
  if (button) { button.click(); button.click(); }
});
fill(find("#inside"), photos, make("div", { class: "bench" },
  make("section", { class: "card beside", "aria-label": "Network" }, make("label", { for: "network" }, "Network"), network, problem, about, seen),
  make("section", { class: "card", "aria-label": "Layers" }, make("div", { class: "row spread" }, make("h2", {}, "Layers"), only.element), list)));

network.addEventListener("change", () => {
  const { run, model } = asked();
  const here = new URL(location.href);
  here.searchParams.delete("model");
  if (model) here.searchParams.set("model", model);
  history.replaceState(null, "", here);
  if (run) setCurrentRun(run);
  open = null;
  look();
});

const own = make("optgroup", { label: "Your runs" });

/** Offer the runs that can answer; the network that is looked into stays, where it is still there. */
function offer(runs) {
  const ready = runs.filter((run) => run.ready);
  const chosen = network.value;
  fill(own, ready.map((run) => make("option", { value: `run:${run.id}` }, runText(run))));
  if (ready.length) network.prepend(own);
  else own.remove();
  network.value = has(chosen) ? chosen : usual();
  if (chosen !== network.value && begun) network.dispatchEvent(new Event("change"));
}

const usual = () => own.firstChild?.value ?? "model:shallow-vgg";
const has = (value) => [...network.options].some((option) => option.value === value);
let begun = false;

showing(problem, async () => {
  const readRuns = followRuns(offer);
  const { architectures } = await get("/api/inside/architectures");
  const groups = [["With weights learnt from ImageNet", true], ["With fresh weights, which have learnt nothing", false]].map(([label, learnt]) =>
    make("optgroup", { label }, architectures.filter((one) => one.learnt === learnt).map(({ name }) => make("option", { value: `model:${name}` }, name))));
  fill(network, groups.filter((group) => group.children.length));
  await readRuns();
  const search = new URLSearchParams(location.search);
  const wanted = search.get("model") ? `model:${search.get("model")}` : `run:${search.get("run")}`;
  network.value = has(wanted) ? wanted : usual();
  begun = true;
  await picker.load();
  look();
});
