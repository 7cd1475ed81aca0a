// Lecture: ten pages within one; buttons and arrow keys go from one to the next, the address (`#stride`) names each.
import { problemLine, showing } from "../asking/problem.js";
import { fill, find, make } from "../elements/dom.js";
import { augmentation } from "../lecture/augmentation.js";
import { checkpoint } from "../lecture/checkpoint.js";
import { fullyConnected } from "../lecture/fully_connected.js";
import { inception } from "../lecture/inception.js";
import { kernel } from "../lecture/kernel.js";
import { oneByOne } from "../lecture/one_by_one.js";
import { padding } from "../lecture/padding.js";
import { pooling } from "../lecture/pooling.js";
import { stride } from "../lecture/stride.js";
import { vgg } from "../lecture/vgg.js";
import { PhotoPicker } from "../lessons/photo_picker.js";

const STEPS = [kernel, stride, padding, pooling, oneByOne, fullyConnected, vgg, inception, checkpoint, augmentation];
const problem = problemLine();
const photos = make("div");
const place = make("article", { class: "lesson" });
const index = make("ol", { class: "index" }, STEPS.map(({ id, name, title }) => make("li", {}, make("a", { href: `#${id}`, title, data: { step: id } }, name))));
const previous = make("button", { type: "button", onclick: () => go(-1) }, "← Previous");
const next = make("button", { type: "button", class: "main", onclick: () => go(1) }, "Next →");
const number = make("span", { class: "quiet" });
let shown = null;
let current = null;

const at = () => Math.max(0, STEPS.findIndex(({ id }) => `#${id}` === location.hash));

function go(by) {
  const wanted = at() + by;
  if (wanted < 0 || wanted >= STEPS.length) return;
  location.hash = STEPS[wanted].id;
}

/** Show the page that the address names. Args: focus: whether its heading is to be read aloud next. */
function show(focus = false) {
  if (!picker.value) return;
  shown?.stop?.();
  const step = STEPS[at()];
  const heading = make("h2", { tabindex: -1 }, `${at() + 1}. ${step.title}`);
  const body = make("div", { class: "body", data: { lesson: step.id } });
  fill(place, heading, body);
  shown = step.build(body, { photo: picker.value });
  for (const link of index.querySelectorAll("a")) link.toggleAttribute("aria-current", false);
  const link = index.querySelector(`[data-step="${step.id}"]`);
  link.setAttribute("aria-current", "step");
  previous.disabled = at() === 0;
  next.disabled = at() === STEPS.length - 1;
  fill(number, `${at() + 1} of ${STEPS.length}`);
  if (focus && current !== step.id) {
    heading.focus({ preventScroll: true });
    find("main").scrollIntoView();
  }
  current = step.id;
}

const picker = new PhotoPicker(photos, () => show());
fill(find("#lecture"), problem, make("nav", { class: "card", "aria-label": "Pages of the lecture" }, index),
  make("details", { class: "card" }, make("summary", {}, "Your photo"), photos), make("div", { class: "row steer" }, previous, number, next,
    make("span", { class: "quiet" }, "or the arrow keys ← →")), place);
window.addEventListener("hashchange", () => show(true));
document.addEventListener("keydown", (event) => {
  const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  if (!by || event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
  if (event.target.closest?.("input, select, textarea, [role=radiogroup], .numbers, .wide")) return;
  event.preventDefault();
  go(by);
});
showing(problem, () => picker.load());
