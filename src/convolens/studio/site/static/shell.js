// What every page does: the run that is looked at goes along from page to page.
import { currentRun } from "./runs.js";

for (const link of document.querySelectorAll("header.shell nav a")) {
  link.addEventListener("click", () => {
    const run = currentRun();
    const address = new URL(link.href);
    if (run) address.searchParams.set("run", run);
    link.href = address;
  });
}
