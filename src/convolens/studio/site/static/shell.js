// What every page does: the run and the photo that are looked at go along from page to page.
import { currentRun } from "./runs.js";

for (const link of document.querySelectorAll("header.shell nav a")) {
  link.addEventListener("click", () => {
    const run = currentRun();
    const address = new URL(link.href);
    if (run) address.searchParams.set("run", run);
    const photo = new URLSearchParams(location.search).get("photo");
    if (photo) address.searchParams.set("photo", photo);
    link.href = address;
  });
}
document.querySelector("header.shell nav a[aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" }); // on a phone the pages are one line
