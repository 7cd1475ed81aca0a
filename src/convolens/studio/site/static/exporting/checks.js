// What was found out about an export, in plain words.
import { make } from "../elements/dom.js";
import { megabytes, outOf, percent, thousands } from "../elements/numbers.js";

const ALLOWED = 1e-4; // a difference of a probability that is let through

/** 0.0000031 -> "0.000003". */
const small = (value) => (value ? Number(value.toPrecision(1)).toFixed(12).replace(/0+$/, "") : "0");

/** Return paragraphs about check.json; one line where the format has none. */
export function checks(found) {
  const { parity, reduction } = found;
  if (!parity) return [make("p", {}, "Read again, it answered as the run does on up to 64 of its validation photos.")];
  const lines = [make("p", {}, make("strong", { class: "good" }, "Checked: "),
    `asked on ${thousands(parity.photos)} photos, the same answers as the run's; largest difference of a probability ${small(parity.largest)} (up to ${small(ALLOWED)} is let through).`)];
  if (parity.other_whole_answers) lines.push(make("p", {}, `Large photos that another program decodes whole: another answer for ${thousands(parity.other_whole_answers)}, at most ${small(parity.whole)} apart.`));
  if (reduction) {
    const [before, after] = reduction.bytes.map(megabytes);
    const accuracy = reduction.accuracy ? `; accuracy ${percent(reduction.accuracy[0])} before, ${percent(reduction.accuracy[1])} after` : "";
    const rates = Object.entries(reduction.rate).map(([batch, [one, other]]) => `${thousands(Math.round(one))} → ${thousands(Math.round(other))} photos/s in batches of ${batch}`).join(", ");
    lines.push(make("p", {}, `${reduction.precision} against float32: ${before} → ${after}${accuracy}; another answer for ${outOf(reduction.other_answers, reduction.photos)} photos; ${rates}.`));
  }
  return lines;
}
