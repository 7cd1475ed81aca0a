// A dialog that asks for a class: one that is there, or a new one; by typing, arrows and Enter alone.
import { counted, fill, make, named } from "./dom.js";

const SHOWN = 60;

/**
 * Ask for a class, and return its name; null where the dialog was closed, "" where `none` was chosen.
 * Args: title; action: what the button says; classes: [{name, photos}]; fresh: whether a new name may be given;
 *   none: a text for "without a class", or null; given: the name that stands there at first.
 */
export function chooseClass({ title, action = "Move", classes, fresh = true, none = null, given = "" }) {
  return new Promise((resolve) => {
    const typed = make("input", { type: "text", class: "typed", "aria-label": "Class", placeholder: fresh ? "Type a name, an old or a new one" : "Type a name", autocomplete: "off" });
    const list = make("ul", { class: "choices" });
    let answer = null;
    const choose = (name) => { answer = name; dialog.close(); };
    const dialog = make("dialog", { "aria-labelledby": "choose-title" },
      make("form", { onsubmit: (event) => { event.preventDefault(); const name = likeliest(); if (name !== null) choose(name); } },
        make("h2", { id: "choose-title" }, title), typed, list,
        make("div", { class: "row" },
          make("button", { class: "main" }, action),
          none ? make("button", { type: "button", onclick: () => choose("") }, none) : null,
          make("button", { type: "button", onclick: () => dialog.close() }, "Cancel"))));
    const matching = () => {
      const wanted = typed.value.trim().normalize("NFC").toLowerCase();
      return classes.filter(({ name }) => name.normalize("NFC").toLowerCase().includes(wanted))
        .sort((a, b) => rank(a.name, wanted) - rank(b.name, wanted));
    };
    const isNew = () => typed.value.trim() !== "" && !classes.some(({ name }) => name.normalize("NFC") === typed.value.trim().normalize("NFC"));
    const likeliest = () => {
      if (typed.value.trim() === "") return null;
      if (fresh) return typed.value.trim();
      return matching()[0]?.name ?? null;
    };
    const show = () => {
      const found = matching();
      fill(list,
        fresh && isNew() ? make("li", {}, make("button", { type: "button", class: "first", onclick: () => choose(typed.value.trim()) }, make("span", {}, "New class ", named(typed.value.trim())))) : null,
        found.slice(0, SHOWN).map(({ name, photos }) => make("li", {}, make("button", { type: "button", onclick: () => choose(name) },
          named(name), photos === undefined ? null : make("span", { class: "quiet" }, counted(photos, "photo"))))),
        found.length > SHOWN ? make("li", { class: "quiet" }, `and ${counted(found.length - SHOWN, "class", "classes")} more; type more of the name`) : null);
    };
    typed.value = given;
    typed.addEventListener("input", show);
    dialog.addEventListener("keydown", (event) => {
      if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
      const stops = [typed, ...list.querySelectorAll("button")];
      const next = stops[stops.indexOf(document.activeElement) + (event.key === "ArrowDown" ? 1 : -1)];
      if (next) next.focus();
      event.preventDefault();
    });
    dialog.addEventListener("close", () => { dialog.remove(); resolve(answer); });
    document.body.append(dialog);
    show();
    dialog.showModal();
    typed.focus();
    typed.select();
  });
}

function rank(name, wanted) {
  const text = name.normalize("NFC").toLowerCase();
  return text === wanted ? 0 : text.startsWith(wanted) ? 1 : 2;
}

/** Ask for a text: a new name, say. Return null where the dialog was closed. */
export function askName({ title, action, given = "" }) {
  return new Promise((resolve) => {
    const typed = make("input", { type: "text", class: "typed", "aria-label": "Name", autocomplete: "off" });
    let answer = null;
    const dialog = make("dialog", { "aria-labelledby": "ask-title" },
      make("form", { onsubmit: (event) => { event.preventDefault(); answer = typed.value.trim(); dialog.close(); } },
        make("h2", { id: "ask-title" }, title), typed,
        make("p", { class: "row" }, make("button", { class: "main" }, action), make("button", { type: "button", onclick: () => dialog.close() }, "Cancel"))));
    typed.value = given;
    dialog.addEventListener("close", () => { dialog.remove(); resolve(answer); });
    document.body.append(dialog);
    dialog.showModal();
    typed.select();
  });
}
