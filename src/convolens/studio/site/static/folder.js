// The folder of photos that a page was made for: where another one is opened, the page begins anew.
import { get } from "./api.js";
import { find } from "./dom.js";
import { onNews } from "./news.js";

/** Follow the folder that is open. Args: busy: () => whether photos are on their way, which that would end. */
export function followFolder(busy = () => false) {
  onNews("opened", async (values) => {
    const here = find(".folder")?.textContent ?? null;
    const missed = values === null; // news may have been missed; most often none was
    const open = missed ? await get("/api/begin").then((found) => found.open, () => here) : undefined;
    if (open !== here && !busy()) location.reload();
  });
}
