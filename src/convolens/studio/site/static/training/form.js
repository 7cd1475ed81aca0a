// What a training is asked for: a few settings, more of them folded away, and the command that does the same.
import { get, send, trying } from "../asking/api.js";
import { newest, rested } from "../asking/latest.js";
import { copy } from "../elements/copy.js";
import { fill, find, make } from "../elements/dom.js";

const PAUSE = 250; // milliseconds after the last key

/** Make the form; `begun(training)` is called with what was started. */
export async function makeForm(begun) {
  const { name, networks, fields } = await get("/api/trainings/form");
  const form = find("#asked");
  if (name === null) {
    find("#no-photos").hidden = false;
    form.hidden = true;
    return;
  }
  fill(find("#few"),
    labelled("Name", make("input", { type: "text", name: "name", placeholder: name, maxlength: 100, autocomplete: "off" })),
    labelled("Network", make("select", { name: "model" },
      make("option", { value: "" }, "what fits the photos"),
      networks.map((one) => make("option", { value: one.name }, one.learnt ? `${one.name} (has learnt)` : one.name)))),
    labelled("Epochs", make("input", { type: "number", name: "epochs", min: 1, step: 1, placeholder: "as needed" })));
  fill(find("#fields"), fields.map(field));
  const asked = () => read(form, fields);
  const look = rested(() => showCommand(asked()), PAUSE);
  form.addEventListener("input", look);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    trying(async () => {
      const training = await send("/api/trainings", asked());
      find("[name=name]", form).value = "";
      showCommand(asked()); // of the next one, which gets another name
      begun(training);
    }, find("#train"));
  });
  find("#copy").addEventListener("click", () => copy(find("#command")));
  showCommand(asked());
}

function field({ name, flag, kind, help, default: usual }) {
  if (kind === "truth") return make("label", { class: "tick" }, make("input", { type: "checkbox", name }), title(flag), make("span", { class: "help" }, help));
  const number = kind === "whole" ? { step: 1 } : { step: "any" };
  const input = kind === "text" ? make("input", { type: "text", name }) : make("input", { type: "number", name, ...number, placeholder: usual ?? "" });
  return make("label", {}, title(flag), input, make("span", { class: "help" }, help));
}

const title = (flag) => {
  const words = flag.replace(/^--/, "").replaceAll("-", " ").replace("val split", "validation share").replace(/^lr$/, "learning rate");
  return words[0].toUpperCase() + words.slice(1);
};

const labelled = (text, input) => make("label", {}, text, input);

function read(form, fields) {
  const value = (name) => find(`[name=${name}]`, form).value.trim();
  const options = { model: value("model"), epochs: value("epochs") };
  for (const { name, kind } of fields) {
    if (kind === "truth") options[name] = find(`[name=${name}]`, form).checked || null;
    else options[name] = value(name);
  }
  return { kind: "train", name: value("name") || null, options };
}

const asking = newest();

async function showCommand(asked) {
  const current = asking();
  let wrong = "";
  let command = null;
  try {
    ({ command } = await send("/api/trainings/command", asked));
  } catch (error) {
    wrong = error.message;
  }
  if (!current()) return;
  find("#wrong").textContent = wrong;
  find("#train").disabled = Boolean(wrong);
  if (command !== null) find("#command").textContent = command;
}
