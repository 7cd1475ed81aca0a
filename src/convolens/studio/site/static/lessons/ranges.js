// The controls of an augmentation, made from what commands take (`/api/augment`): a field of sliders, a switch or a list each.
import { make } from "../elements/dom.js";
import { choice, slider, tick } from "./fields.js";

const STRENGTH = 9; // where a slider stands at first whose field another one switches off: of RandAugment

const words = (name) => name.replaceAll("_", " ").replace(/ range$/, "").replace(/^./, (letter) => letter.toUpperCase());

/** One control: {name, element, get value: what `Augmentation` takes, undefined where it changes nothing, set value}. */
function control(spec, changed) {
  const data = { range: spec.name };
  if (spec.kind === "switch") {
    const made = tick({ label: words(spec.name), help: spec.help, changed, data });
    return { name: spec.name, element: made.element, get value() { return made.value || undefined; }, set value(wanted) { made.value = Boolean(wanted); } };
  }
  if (spec.kind === "choice") {
    const made = choice({ label: words(spec.name), options: spec.choices.map((one) => [one, one]), changed, data });
    return {
      name: spec.name, element: made.element,
      get value() { return made.value === spec.choices[0] ? undefined : made.value; }, set value(wanted) { made.value = wanted ?? spec.choices[0]; },
    };
  }
  const sliders = spec.parts.map((part, place) => slider({
    label: part.label ? `${words(spec.name)}, ${part.label}` : words(spec.name), help: spec.help,
    low: part.low, high: part.high, step: part.step, value: part.off ?? STRENGTH,
    data: { range: spec.parts.length > 1 ? `${spec.name}-${place}` : spec.name },
    changed: (value) => {
      if (spec.kind === "pair" && place === 0 && value > sliders[1].value) sliders[1].value = value;
      if (spec.kind === "pair" && place === 1 && value < sliders[0].value) sliders[0].value = value;
      changed();
    },
  }));
  return {
    name: spec.name,
    element: make("div", { class: "range" }, sliders.map(({ element }) => element)),
    get value() {
      const values = sliders.map(({ value }) => value);
      if (spec.parts.every(({ off }, place) => off === null || values[place] === off)) return undefined;
      return spec.kind === "number" ? values[0] : values;
    },
    set value(wanted) {
      const values = wanted === undefined ? spec.parts.map(({ off }) => off ?? STRENGTH) : [wanted].flat();
      sliders.forEach((one, place) => { one.value = values[place]; });
    },
  };
}

export class Ranges {
  /** Args: specs: `controls` of `/api/augment`; changed: called after each change; first: how many are shown at once, the others in a fold. */
  constructor(specs, changed, first = specs.length) {
    this.controls = specs.map((spec) => control(spec, () => changed()));
    const elements = this.controls.map(({ element }) => element);
    this.element = make("div", { class: "ranges" }, elements.slice(0, first),
      first < elements.length && make("details", {}, make("summary", {}, "More: edges, crops, colours, mixing, policies"), elements.slice(first)));
  }

  /** What is on, by the names of `Augmentation`. */
  get fields() {
    return Object.fromEntries(this.controls.map(({ name, value }) => [name, value]).filter(([, value]) => value !== undefined));
  }

  /** Set what is named, and all others to where they change nothing. */
  set fields(wanted) {
    for (const one of this.controls) one.value = wanted[one.name];
  }
}
