// Numbers as people write them.

/** Whole numbers in full, others with five digits, as the command line prints them; "." for none. */
export function short(value) {
  if (value === null || Number.isNaN(value)) return ".";
  if (Number.isInteger(value) && Math.abs(value) < 1e15) return minus(String(value));
  return minus(String(Number(value.toPrecision(5))));
}

/** Three digits, for where there is little room. */
export function tiny(value) {
  if (value === null || Number.isNaN(value)) return ".";
  if (Number.isInteger(value)) return minus(String(value));
  return minus(String(Number(value.toPrecision(Math.abs(value) >= 100 ? 4 : 3))));
}

export const thousands = (value) => value.toLocaleString("en");

/** "28 × 28 × 192" */
export const shape = (sizes) => sizes.map(thousands).join(" × ");

const minus = (text) => text.replace(/^-/, "−");
