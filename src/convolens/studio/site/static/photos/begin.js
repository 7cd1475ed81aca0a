// What the Photos page offers where no photos are open: one's own, folders that are near, the demo.
import { send, trying } from "../asking/api.js";
import { fill, find, make, named } from "../elements/dom.js";
import { counted } from "../elements/numbers.js";

export function begin({ open: opened, folders, home }, adding) {
  const place = find("#begin");
  const open = async (path, body, busy) => {
    if (await trying(() => send(path, body), busy)) location.assign("/");
  };
  const input = (label, given) => {
    const chosen = make("input", { type: "file", ...given });
    chosen.addEventListener("change", () => adding.fromInput(chosen));
    return make("label", { class: "button" }, label, chosen);
  };
  fill(place,
    opened && make("p", {}, make("a", { href: "/" }, "Back to ", named(opened))),
    make("div", { class: "grid" },
      make("section", { class: "card" },
        make("h2", {}, "Your own photos"),
        make("p", {}, "Drop a folder with a subfolder for each class (cat, dog ...) anywhere here, or single photos, or a zip."),
        make("p", { class: "target quiet" }, "Drop photos here"),
        make("div", { class: "row" }, input("Choose a folder", { webkitdirectory: true }), input("Choose photos or a zip", { multiple: true, accept: "image/*,.zip" })),
        make("p", { class: "quiet" }, "They are copied into the folder ", make("b", {}, "photos"), " in ", named(home), ", and stay on this machine.")),
      folders.length ? make("section", { class: "card" },
        make("h2", {}, "A folder that is here"),
        make("ul", { class: "near" }, folders.map((folder) => make("li", {}, make("button", { type: "button", onclick: (event) => open("/api/begin/open", { folder: folder.id }, event.currentTarget) },
          "Open ", named(folder.name), `, ${counted(folder.classes, "class", "classes")}`)))),
        make("p", { class: "quiet" }, "Photos are looked at where they lie; nothing is copied.")) : null,
      make("section", { class: "card" },
        make("h2", {}, "No photos at hand?"),
        make("p", {}, "1,797 handwritten digits in ten classes come with it: enough to see all that the studio does."),
        make("button", { type: "button", class: folders.length ? "" : "main", onclick: (event) => open("/api/begin/demo", {}, event.currentTarget) }, "Try the demo"))));
  place.hidden = false;
}
