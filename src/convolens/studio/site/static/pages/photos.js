// The Photos page: put together from its parts; what is there is asked for at once, and anew when news say that it changed.
import { get } from "../asking/api.js";
import { followFolder } from "../asking/folder.js";
import { latest } from "../asking/latest.js";
import { onNews } from "../asking/news.js";
import { fill, find } from "../elements/dom.js";
import { thousands } from "../elements/numbers.js";
import { Actions } from "../photos/actions.js";
import { Adding } from "../photos/adding.js";
import { begin } from "../photos/begin.js";
import { ClassList } from "../photos/class_list.js";
import { Findings } from "../photos/findings.js";
import { PhotoWall } from "../photos/photo_wall.js";

let version = null; // of the photos that are shown; null before any, and where they cannot be read

/** What is shown: a class, or all; a side; photos that lie beside. */
const view = { class: null, side: null, search: "", place: "photos" };
let classes = { classes: [], sides: [], photos: 0, quarantined: 0 };

const actions = new Actions({ classes: () => classes.classes, changed: () => refresh() });
const wall = new PhotoWall({ view, actions, sides: () => classes.sides });
const list = new ClassList({
  view, actions,
  chosen: () => { wall.show(); showFindings(false); },
});
const findings = new Findings({ actions });
const adding = new Adding({ view, classes: () => classes.classes, actions, opened: () => find("#browse").hidden === false });

const refresh = latest(async (first = null) => {
  try {
    await readAll(first);
    find("#trouble").hidden = true;
    actions.soon();
  } catch (error) {
    if (error.status === 404 && view.class !== null && !error.message.includes("no longer there")) { // the class went between two questions
      view.class = null;
      refresh();
      return;
    }
    say(error);
    version = null;
  }
});

async function readAll(first = null) {
  const found = first?.classes ?? await get("/api/classes");
  if (view.class !== null && !found.classes.some(({ name }) => name === view.class)) view.class = null; // renamed or merged
  const query = JSON.stringify(wall.query());
  const page = first?.page ?? await wall.ask();
  const gently = version !== null;
  classes = found;
  if (version !== null && version !== found.version) findings.soon();
  version = found.version;
  find("#browse").hidden = false; // where its tiles lie is known once all else is there
  list.show(found);
  wall.head(found);
  if (query === JSON.stringify(wall.query())) wall.showPage(page, gently); // else what was chosen meanwhile is asked for
}

function say(error) {
  fill(find("#trouble"), error.message);
  find("#trouble").hidden = false;
}

function showFindings(on) {
  find("#wall-view").hidden = on;
  find("#findings").hidden = !on;
  find("#view-photos").setAttribute("aria-pressed", String(!on));
  find("#view-findings").setAttribute("aria-pressed", String(on));
  history.replaceState(null, "", `${location.pathname}${location.search}${on ? "#findings" : ""}`);
  if (on) findings.load();
  else wall.draw();
}

find("#view-photos").addEventListener("click", () => showFindings(false));
find("#view-findings").addEventListener("click", () => showFindings(true));
findings.counted = (count) => { find("#view-findings").textContent = count === null ? "What is wrong with them" : `What is wrong with them (${thousands(count)})`; };

if (find("#browse").dataset.open) {
  await refresh(JSON.parse(find("#first").textContent)); // which came with the page
  if (location.hash === "#findings") showFindings(true);
  else findings.soon();
} else await get("/api/begin").then((offered) => begin(offered, adding), say);

const isOpen = () => find("#browse").dataset.open !== undefined;
onNews("photos", (values) => {
  if (isOpen() && !adding.busy && (values === null || values.version !== version)) refresh();
});
onNews("findings", (values) => { if (isOpen()) findings.heard(values); });
followFolder({ busy: () => adding.busy, go: () => location.assign("/") });
// what changed before the news were listened to
setTimeout(async () => {
  const now = version === null ? null : await get("/api/photos", { count: 0 }).catch(() => null);
  if (now && !adding.busy && now.version !== version) refresh();
}, 1500);
