// What a run says of a photo, in words: its class, its labels, or "unknown" and why.
import { bars } from "../elements/bars.js";
import { make, named } from "../elements/dom.js";
import { percent } from "../elements/numbers.js";

const SHOWN = 5;

/** Return the line that says it. Args: answer: of /api/answers. */
export function verdict(answer) {
  const [first] = answer.answers;
  if (answer.unknown) {
    return make("div", { class: "verdict unknown" }, make("p", {}, make("strong", {}, "Unknown")), make("p", {}, `Like none of the classes: ${answer.why}.`),
      answer.labels === null && make("p", { class: "quiet" }, "The likeliest would be ", named(first.label), "."));
  }
  if (answer.labels !== null) {
    const said = answer.labels.flatMap((label, place) => [place ? ", " : "", named(label)]);
    return make("div", { class: "verdict" }, make("p", {}, make("strong", {}, ...(said.length ? said : ["none of the labels"]))));
  }
  return make("div", { class: "verdict" }, make("p", {}, make("strong", {}, named(first.label)), ` ${percent(first.confidence)}`));
}

/** Return the likeliest classes as bars, those that are said in bold, and a button for the others. */
export function shares(answer, shown = SHOWN) {
  const said = answer.labels ?? (answer.unknown ? [] : [answer.answers[0].label]);
  const place = make("div", {});
  const draw = (count) => place.replaceChildren(bars(answer.answers.slice(0, count), said),
    ...(answer.answers.length > count ? [make("button", { type: "button", class: "plain", onclick: () => draw(answer.answers.length) }, `All ${answer.answers.length} classes`)] : []));
  draw(Math.max(shown, answer.labels?.length ?? 0));
  return place;
}
