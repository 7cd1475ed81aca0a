// The training that is looked at: what it answers first, how it goes, what can be done with it, what it shows in the end.
import { send, trying } from "../asking/api.js";
import { fill, find, focusOn, make, named } from "../elements/dom.js";
import { counted, duration, outOf, percent, thousands } from "../elements/numbers.js";
import { withCode } from "../elements/prose.js";
import { paceOf } from "./pace.js";

export const STATES = {
  running: "training", done: "done", stopped: "stopped", paused: "paused", failed: "failed", killed: "was killed",
};
const BEFORE = ["failed", "killed", "stopped"]; // of a training that made no run

/**
 * Shows a run, as `/api/runs/RUN` gives it, or a training that has no run yet, as `/api/trainings` does.
 * Args: changed: called when a button has changed something, with a training that was started or null.
 */
export class Current {
  constructor(changed) {
    this.changed = changed;
    this.asked = null; // "pause", "stop" or "resume", of the run that is shown
    this.job = null; // the one that resumes it
    this.key = null;
  }

  show(shown, seen) {
    const key = shown.id ?? shown.job?.job;
    const running = shown.state === "running";
    const heard = this.asked === "resume" ? running || (shown.job?.job === this.job && shown.job.state !== "running") : !running;
    if (key !== this.key || heard) this.asked = null;
    this.key = key;
    find("#current").hidden = false;
    fill(find("#current-title"), named(shown.name));
    const state = shown.state === "stopped" && ["paused", "failed", "killed"].includes(shown.job?.state) ? shown.job.state : shown.state;
    const text = this.asked ? { pause: "pausing …", stop: "ending …", resume: "going on …" }[this.asked] : shown.id || state !== "running" ? STATES[state] : shown.first_answer ? "deciding whether to learn on …" : "looking at the photos …";
    find("#state").textContent = text;
    find("#state").className = `state ${state}`;
    this.#problem(shown, state);
    this.#answer(shown);
    this.#plan(shown);
    this.#pace(shown, seen);
    this.#buttons(shown, state);
    this.#findings(shown);
    this.#links(shown);
    find("#said").hidden = !shown.log;
    const log = find("#log");
    const atEnd = log.scrollTop + log.clientHeight >= log.scrollHeight - 4;
    log.textContent = shown.log;
    if (atEnd) log.scrollTop = log.scrollHeight;
  }

  #problem(shown, state) {
    const why = shown.problem ?? (state === "failed" || (BEFORE.includes(state) && !shown.id) || state === "killed" ? shown.job?.message : null);
    find("#problem").hidden = !why;
    fill(find("#problem"), why ? withCode(why) : "");
  }

  #answer(shown) {
    const first = shown.first_answer;
    const accuracy = first?.val_accuracy ?? first?.accuracy; // of results.json, or of the event
    const place = find("#answer");
    place.hidden = !Number.isFinite(accuracy) && shown.score === null;
    if (place.hidden) return;
    const said = Number.isFinite(accuracy) && [
      "First answer", first.seconds ? ` after ${seconds(first.seconds)}` : "", ": ", make("strong", {}, percent(accuracy)),
      first.accuracy_of ? ` of ${first.accuracy_of}` : " of the validation photos", first.mean ? `; ${percent(first.mean)} ± ${(100 * first.spread).toFixed(1)} on all ${thousands(first.photos)} in ${first.folds} folds` : "", ". "];
    const score = Number.isFinite(shown.score) && shown.state !== "running" && [`${said ? "In the end" : "Validation"}: `, make("strong", {}, percent(shown.score)), ` ${shown.score_of}.`];
    fill(place, said || "", score || "");
    place.hidden = !said && !score;
  }

  #plan(shown) {
    const { plan } = shown;
    const place = find("#plan");
    place.hidden = !plan && !shown.model;
    if (place.hidden) return;
    fill(place, plan
      ? `${plan.model} on ${plan.device}: ${counted(plan.classes, "class", "classes")}, ${counted(plan.training, "photo")} to learn from, ${thousands(plan.validation)} to validate on${plan.epochs ? `, ${counted(plan.epochs, "epoch")}` : ""}.`
      : `${shown.model}, ${counted(shown.classes.length, "class", "classes")}.`);
  }

  #pace(shown, seen) {
    const { done, of, rate, left } = paceOf(shown, seen);
    const work = shown.state === "running" && shown.progress?.done < shown.progress?.total ? shown.progress : null; // between the epochs
    find("#pace").hidden = shown.state !== "running" || (!shown.id && !work);
    find("#done").max = work?.total || of || 1;
    find("#done").value = work?.done ?? done;
    find("#done").hidden = !of && !work;
    find("#count").textContent = work ? `${work.title}, ${outOf(work.done, work.total)}` : of ? `epoch ${done} of ${of}` : shown.plan ? "The first answer stays; it is being scored …" : "";
    find("#rate").textContent = rate ? `${thousands(Math.round(rate))} images/s` : "";
    find("#left").textContent = left === null || !of ? "" : done >= of ? "scoring …" : `${duration(left)} left`;
  }

  #buttons(shown, state) {
    const which = shown.id ?? shown.job?.job;
    const looks = JSON.stringify([which, shown.id, state, this.asked, shown.of, Boolean(shown.first_answer), shown.problem]);
    if (looks === this.looks) return; // as they are: whoever is about to press one keeps it
    this.looks = looks;
    const press = (what) => async (event) => {
      const answer = await trying(() => send(`/api/trainings/${which}/${what}`), event.target);
      if (answer === undefined) return this.changed(null);
      Object.assign(this, { asked: what, job: answer.job ?? null });
      return this.changed(what === "resume" ? answer : null);
    };
    const button = (what, text, more = "") => make("button", { type: "button", class: more, onclick: press(what) }, text);
    let buttons = [];
    let meaning = "";
    if (state === "running") {
      buttons = [shown.id && button("pause", "Pause"), button("stop", "Stop")];
      meaning = shown.id ? "Pause saves everything exactly: it goes on later to the same end, to the bit. Stop ends early: the best so far is scored and kept. Both wait for the step under way; closing this page or the studio ends nothing." : "Closing this page or the studio ends nothing.";
      if (this.asked) for (const one of buttons) if (one) one.disabled = true;
    } else if (shown.id && state !== "done" && !shown.problem) {
      buttons = [button("resume", "Resume", "main")];
      buttons[0].disabled = this.asked === "resume";
      meaning = "Resume goes on from the last saved state, to the same end as if it had not been interrupted.";
    }
    if (state === "done" && shown.of && !shown.first_answer && !shown.problem) {
      buttons = [this.#longer(shown)];
      meaning = "More epochs go on from the last one; the learning rate becomes that of a training that was so long from the start.";
    }
    const place = find("#buttons");
    const focused = place.contains(document.activeElement);
    fill(place, buttons);
    if (focused) focusOn(find("button:enabled", place) ?? find("#current-title"));
    find("#meaning").textContent = meaning;
  }

  #longer(shown) {
    const epochs = make("input", { type: "number", min: shown.of + 1, step: 1, value: 2 * shown.of, required: true, "aria-label": "Epochs in all" });
    return make("form", { class: "row", onsubmit: async (event) => {
      event.preventDefault();
      const asked = { kind: "resume", run: shown.id, options: { epochs: epochs.value } };
      const answer = await trying(() => send("/api/trainings", asked), event.submitter);
      if (answer !== undefined) this.changed(answer);
    } }, "Learn on to epoch", epochs, make("button", { type: "submit" }, "Learn longer"));
  }

  #findings(shown) {
    const place = find("#findings");
    if (!shown.findings?.length) return fill(place);
    return fill(place, make("h3", {}, "What this run shows"), make("ul", {}, shown.findings.map((one) =>
      make("li", { class: one.severity }, make("strong", {}, withCode(one.title)), ": ", withCode(one.evidence), ". ", make("span", { class: "quiet" }, "Next: ", withCode(one.next_step), ".")))));
  }

  #links(shown) {
    const to = (page, text) => make("a", { class: "button", href: `/${page}?run=${shown.id}` }, text);
    const links = make("div", {}, shown.id && shown.report && make("a", { class: "button", href: `/api/runs/${shown.id}/report`, target: "_blank", rel: "noopener" }, "Report"),
      shown.id && shown.ready && [to("mistakes", "Mistakes"), to("try", "Try"), to("export", "Take away"), to("compare", "Compare")]);
    const there = find("#links");
    if (there.innerHTML !== links.innerHTML) fill(there, [...links.childNodes]);
  }
}

const seconds = (value) => (value < 10 ? `${value.toFixed(1)} s` : duration(value));
