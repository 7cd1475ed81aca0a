// What was found out about an export, in plain words.
import { make, percent } from "../dom.js";

const PERHAPS = 1e-4; // a difference of a probability that is let through

/** 0.0000031 -> "0.000003". */
const small = (value) => (value ? Number(value.toPrecision(1)).toFixed(12).replace(/0+$/, "") : "0");

/** Return paragraphs about check.json; one line where the format has none. */
export function checks(found) {
  const { parity, reduction } = found;
  if (!parity) return [make("p", {}, "Read again, it answered as the run does on up to 64 of its validation photos.")];
  const lines = [make("p", {}, make("strong", { class: "good" }, "Checked: "),
    `asked on ${parity.photos.toLocaleString("en")} photos, the same answers as the run's; largest difference of a probability ${small(parity.largest)} (up to ${small(PERHAPS)} is let through).`)];
  if (parity.other_whole_answers) lines.push(make("p", {}, `Large photos that another program decodes whole: another answer for ${parity.other_whole_answers}, at most ${small(parity.whole)} apart.`));
  if (reduction) {
    const [before, after] = reduction.bytes.map((bytes) => `${(bytes / 1e6).toFixed(1)} MB`);
    const accuracy = reduction.accuracy ? `; accuracy ${percent(reduction.accuracy[0])} before, ${percent(reduction.accuracy[1])} after` : "";
    const rates = Object.entries(reduction.rate).map(([batch, [one, other]]) => `${Math.round(one)} → ${Math.round(other)} photos/s in batches of ${batch}`).join(", ");
    lines.push(make("p", {}, `${reduction.precision} against float32: ${before} → ${after}${accuracy}; another answer for ${reduction.other_answers} of ${reduction.photos} photos; ${rates}.`));
  }
  return lines;
}
