// The folder of photos that a page was made for: where another one is opened, the page begins anew.
import { find } from "../elements/dom.js";
import { get } from "./api.js";
import { onNews } from "./news.js";

/** Follow the folder that is open. Args: busy: () => whether photos are on their way, which that would end; go: where to. */
export function followFolder({ busy = () => false, go = () => location.reload() } = {}) {
  const here = find(".folder")?.textContent ?? null; // null where the page lets one be opened
  onNews("opened", async (values) => {
    const another = values !== null || (here !== null && await get("/api/begin").then(({ open }) => open !== here, () => false)); // null: news may have been missed; most often none was
    if (another && !busy()) go();
  });
}
