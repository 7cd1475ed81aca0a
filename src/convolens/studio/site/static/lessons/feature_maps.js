// The feature maps of a layer: all as one picture, and each by itself with its numbers.
import { address, ask } from "../asking/api.js";
import { newest } from "../asking/latest.js";
import { fill, make } from "../elements/dom.js";
import { shape, short, thousands } from "../elements/numbers.js";
import { grey, paint } from "./colours.js";
import { pointedAt } from "./pointed.js";
import { fetchSprite, showTile } from "./sprite.js";

/** Show the maps of a layer in an element. Args: asked: {run or model, photo, layer}. */
export async function showMaps(place, asked) {
  const { address: picture, told } = await fetchSprite(place, address("/api/inside/maps", asked));
  const [height, width] = told.tile;
  const down = Math.ceil(told.channels.length / told.across);
  const words = make("p", { class: "quiet value", role: "status" }, "Point at a map, or choose it, to read its numbers.");
  const large = make("canvas", { class: "pixels large", hidden: true });
  const few = told.channels.length < told.of ? `, the ${told.channels.length} strongest` : "";
  const say = (index, more = "") => fill(words, make("b", {}, `Channel ${told.channels[index]}`),
    ` from ${short(told.low[index])} to ${short(told.high[index])}, mean ${short(told.mean[index])}${more}`);
  const numbers = new Map(); // index -> Promise of the numbers of that map, or null where they cannot be had
  const values = (index) => {
    if (!numbers.has(index)) {
      numbers.set(index, fetchValues({ ...asked, channel: told.channels[index] }).catch((error) => {
        numbers.delete(index);
        say(index, `; its numbers cannot be shown: ${error.message}`);
        return null;
      }));
    }
    return numbers.get(index);
  };
  const choosing = newest();
  const tiles = told.channels.map((channel, index) => {
    const tile = make("button", { type: "button", class: "map", "aria-label": `channel ${channel}, from ${short(told.low[index])} to ${short(told.high[index])}`, title: `channel ${channel}` });
    showTile(tile, picture, index, told.across, down);
    tile.style.aspectRatio = `${width} / ${height}`;
    tile.addEventListener("pointermove", async (event) => {
      const [row, column] = pointedAt(event, tile, told.rows, told.columns);
      say(index);
      const found = await values(index);
      if (found && tile.matches(":hover")) say(index, `; row ${row}, column ${column}: ${short(found[row * told.columns + column])}`);
    });
    tile.addEventListener("focus", () => say(index));
    tile.addEventListener("click", async () => {
      const current = choosing();
      const found = await values(index);
      if (!found || !current()) return;
      paint(large, told.rows, told.columns, found, (value) => grey(value, told.low[index], told.high[index]));
      large.hidden = false;
      large.setAttribute("role", "img");
      large.setAttribute("aria-label", `channel ${channel}`);
      for (const other of tiles) other.setAttribute("aria-pressed", String(other === tile));
      say(index);
    });
    return tile;
  });
  fill(place, make("h3", {}, `Feature maps: ${thousands(told.of)} of ${shape([told.rows, told.columns])}${few}`),
    make("p", { class: "quiet" }, "Each from black, its lowest number, to white, its highest; the strongest first."),
    make("div", { class: "maps" }, tiles), words, large);
  return told;
}

async function fetchValues(asked) {
  const response = await ask(address("/api/inside/values", asked));
  return new Float32Array(await response.arrayBuffer());
}
