// Dialogs that ask for a name: of a class that is there or a new one, by typing, arrows and Enter alone; or any name.
import { openDialog } from "./dialog.js";
import { fill, make, named } from "./dom.js";
import { counted } from "./numbers.js";
import { matcher, rank } from "./search.js";

const SHOWN = 60;
const asGiven = (text) => text.trim().normalize("NFC");

/**
 * Ask for a class, and return its name; null where the dialog was closed, "" where `none` was chosen.
 * Args: title; action: what the button says; classes: [{name, photos}]; fresh: whether a new name may be given;
 *   none: a text for "without a class", or null; given: what is typed already.
 */
export function chooseClass({ title, action = "Move", classes, fresh = true, none = null, given = "" }) {
  return new Promise((resolve) => {
    const typed = make("input", { type: "text", class: "typed", "aria-label": "Class", placeholder: fresh ? "Type a name, an old or a new one" : "Type a name", autocomplete: "off", value: given, oninput: () => show() });
    const list = make("ul", { class: "choices" });
    let answer = null;
    const choose = (name) => { answer = name; dialog.close(); };
    const matching = () => {
      const matches = matcher(typed.value);
      return classes.filter(({ name }) => matches(name)).sort((one, other) => rank(one.name, typed.value) - rank(other.name, typed.value));
    };
    const same = () => classes.find(({ name }) => asGiven(name) === asGiven(typed.value))?.name ?? null;
    const likeliest = () => {
      if (asGiven(typed.value) === "") return null;
      return same() ?? (fresh ? asGiven(typed.value) : matching()[0]?.name ?? null);
    };
    const show = () => {
      const found = matching();
      const isNew = fresh && asGiven(typed.value) !== "" && same() === null;
      fill(list,
        isNew && make("li", {}, make("button", { type: "button", class: "first", onclick: () => choose(asGiven(typed.value)) }, make("span", {}, "New class ", named(asGiven(typed.value))))),
        found.slice(0, SHOWN).map(({ name, photos }) => make("li", {}, make("button", { type: "button", onclick: () => choose(name) },
          named(name), photos !== undefined && make("span", { class: "quiet" }, counted(photos, "photo"))))),
        found.length > SHOWN && make("li", { class: "quiet" }, `and ${counted(found.length - SHOWN, "class", "classes")} more; type more of the name`));
    };
    show();
    const dialog = openDialog({ title, closed: () => resolve(answer) },
      make("form", { onsubmit: (event) => { event.preventDefault(); const name = likeliest(); if (name !== null) choose(name); } }, typed, list,
        make("div", { class: "row" },
          make("button", { class: "main" }, action),
          none && make("button", { type: "button", onclick: () => choose("") }, none),
          make("button", { type: "button", onclick: () => dialog.close() }, "Cancel"))));
    dialog.addEventListener("keydown", (event) => {
      if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
      const stops = [typed, ...list.querySelectorAll("button")];
      stops[stops.indexOf(document.activeElement) + (event.key === "ArrowDown" ? 1 : -1)]?.focus();
      event.preventDefault();
    });
    typed.focus();
  });
}

/** Ask for a text: a new name, say. Return null where the dialog was closed. */
export function askName({ title, action, given = "" }) {
  return new Promise((resolve) => {
    const typed = make("input", { type: "text", class: "typed", "aria-label": "Name", autocomplete: "off", value: given });
    let answer = null;
    const dialog = openDialog({ title, closed: () => resolve(answer) },
      make("form", { onsubmit: (event) => { event.preventDefault(); answer = typed.value.trim(); dialog.close(); } }, typed,
        make("p", { class: "row" }, make("button", { class: "main" }, action), make("button", { type: "button", onclick: () => dialog.close() }, "Cancel"))));
    typed.select();
  });
}
