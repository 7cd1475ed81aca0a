// What every page does: the run and the photo that are looked at go along from page to page.
import { currentRun } from "./asking/current_run.js";

for (const link of document.querySelectorAll("header.shell nav a")) {
  for (const kind of ["click", "auxclick"]) link.addEventListener(kind, () => { // the second: into a new tab
    const run = currentRun();
    const address = new URL(link.href);
    if (run) address.searchParams.set("run", run);
    const photo = new URLSearchParams(location.search).get("photo");
    if (photo) address.searchParams.set("photo", photo);
    link.href = address;
  });
}
document.querySelector("header.shell nav a[aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" }); // on a phone the pages are one line

// a file that is dropped beside its place does not take the page away
for (const kind of ["dragover", "drop"]) document.addEventListener(kind, (event) => { if (event.dataTransfer?.types.includes("Files")) event.preventDefault(); });
