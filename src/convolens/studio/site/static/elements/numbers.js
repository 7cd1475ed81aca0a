// Numbers as people read them: the one place that writes them as texts.

const minus = (text) => text.replace(/^-/, "−");

/** 1234 -> "1,234". */
export const thousands = (value) => value.toLocaleString("en");

/** "1 photo", "2 photos", "1,234 photos". */
export const counted = (number, one, many = `${one}s`) => `${thousands(number)} ${number === 1 ? one : many}`;

/** How far a piece of work is: "5 of 1,234". */
export const outOf = (done, total) => `${thousands(done)} of ${thousands(total)}`;

/** 0.975 -> "97.5 %". */
export const percent = (share, digits = 1) => `${(100 * share).toFixed(digits)} %`;

/** 75 -> "1 min 15 s". */
export function duration(seconds) {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

/** 1_500_000 -> "1.5 MB". */
export const megabytes = (bytes) => `${(bytes / 1e6).toFixed(1)} MB`;

/** 346816512 -> "347 M". */
export function prefixed(number) {
  for (const [unit, size] of [["G", 1e9], ["M", 1e6], ["k", 1e3]]) if (number >= size) return `${Number((number / size).toPrecision(3))} ${unit}`;
  return String(number);
}

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

/** "28 × 28 × 192". */
export const shape = (sizes) => sizes.map(thousands).join(" × ");
