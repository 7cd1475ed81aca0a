// Page 9: checkpoints.
import { get, send, trying } from "../asking/api.js";
import { newest } from "../asking/latest.js";
import { problemLine, showing } from "../asking/problem.js";
import { pickRun } from "../asking/runs.js";
import { bars } from "../elements/bars.js";
import { COLOURS, chart } from "../elements/chart.js";
import { draw, fill, make, named } from "../elements/dom.js";
import { counted, short } from "../elements/numbers.js";

export const checkpoint = {
  id: "checkpoint", name: "Checkpoint", title: "A checkpoint: keep the best, not the last",
  build(place, { photo }) {
    const [problem, said, answers] = [problemLine(), make("p", { class: "big", role: "status" }), make("div", { class: "pair" })];
    const svg = draw("svg");
    const run = make("select", { id: "lecture-run", data: { field: "run" } });
    const chooser = make("div", { class: "row", hidden: true }, make("label", { for: "lecture-run" }, "Run"), run);
    const train = make("button", { type: "button", class: "main", onclick: () => trying(learn, train) }, "Train on digits now");
    const asking = newest();
    const learn = async () => {
      const current = asking();
      fill(said, "Learning 200 digits by heart …");
      fill(answers);
      const curve = await send("/api/lecture/curve");
      if (current()) show(curve);
    };
    const none = make("div", { class: "row" }, make("p", {}, "A small network learns 200 handwritten digits by heart, in some seconds:"), train);
    const show = ({ title, monitor, epochs, best, last }) => {
      const name = monitor in epochs[0] ? monitor : "val_loss";
      const training = name.replace(/^val_/, "");
      const points = (key) => epochs.map((row) => [row.epoch, row[key] ?? NaN]);
      chart(svg, [{ name: training, colour: COLOURS[0], points: points(training) }, { name, colour: COLOURS[1], points: points(name), best, last }],
        { title: `${training} and ${name} of ${title}, by epoch`, format: short });
      const number = (at) => short(epochs[at][name] ?? NaN);
      fill(said, named(title), `: the best of ${counted(epochs.length, "epoch")} is epoch `, make("output", { data: { best: epochs[best].epoch } }, String(epochs[best].epoch)), `, ${name} ${number(best)} (green circle); the last is epoch `,
        make("output", { data: { last: epochs[last].epoch } }, String(epochs[last].epoch)), `, ${number(last)} (purple). Blue: training photos; orange: photos that it does not learn from.`);
    };
    trying(() => pickRun(run, (id) => showing(problem, async () => {
      const current = asking();
      chooser.hidden = !id;
      fill(answers);
      if (!id) return;
      const curve = await get("/api/lecture/curve", { run: id });
      if (!current()) return;
      show(curve);
      const found = await get("/api/lecture/answers", { run: id, photo });
      if (!current()) return;
      fill(answers, [["best", "What the best weights say of your photo"], ["last", "What the last ones say"]].filter(([key]) => found[key]).map(([key, words]) => make("div", {}, make("h3", {}, words), bars(found[key], [found[key][0].label]))));
    })));
    fill(place,
      make("p", {}, "Training goes over the same photos again and again. At first all gets better. At some point the network begins to know its training photos by heart: their loss falls on, while that of photos it does not learn from rises. Whoever keeps only the network of the last epoch keeps the wrong one."),
      make("p", {}, "So the weights are written to disk whenever the watched number is better than ever before, and, apart from them, the whole training, so that it can go on after a power cut. Every run here does both."),
      make("section", { class: "card", "aria-label": "Curve" }, chooser, problem, svg, said, answers, none));
    return {};
  },
};
