// Names that are found by typing a part of them: neither case counts, nor how accents are written.

const plain = (text) => text.trim().normalize("NFC").toLowerCase();

/** Return a function that tells whether a text has in it what was typed. */
export function matcher(typed) {
  const wanted = plain(typed);
  return (text) => plain(text).includes(wanted);
}

/** How well a name is what was typed: 0 for itself, 1 where it begins so, 2 for others. */
export function rank(name, typed) {
  const [text, wanted] = [plain(name), plain(typed)];
  return text === wanted ? 0 : text.startsWith(wanted) ? 1 : 2;
}
