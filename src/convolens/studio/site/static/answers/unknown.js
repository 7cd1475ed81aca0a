// Teaching a run to say "unknown": offered where it cannot, with the share of known photos that it may call so by mistake.
import { address, send, trying } from "../asking/api.js";
import { onNews } from "../asking/news.js";
import { fill, find, make } from "../elements/dom.js";
import { outOf } from "../elements/numbers.js";

/** Offer it for the run that is looked at, or hide the offer. Args: run: its id; about: of /api/answers; taught: called with the new one. */
export function offerUnknown(run, about, taught) {
  const place = find("#unknown");
  place.hidden = about.tells_unknown;
  if (place.hidden) return;
  const rate = make("input", { type: "number", name: "rate", min: 1, max: 99, step: "any", value: 100 * about.error_rate, required: true, "aria-describedby": "unknown-why" });
  fill(place,
    make("p", { id: "unknown-why" }, make("strong", {}, "Whatever it is shown, this run answers with one of its classes. "),
      "Its validation photos can teach it to say “unknown” of what is like none of them."),
    make("form", { class: "row", onsubmit: async (event) => {
      event.preventDefault();
      const answer = await trying(() => send(address("/api/answers/unknown", { run, error_rate: rate.value / 100 })), event.submitter);
      find("#unknown-work").textContent = "";
      if (answer) taught(answer);
    } }, make("button", { type: "submit" }, "Teach it to say “unknown”"),
    make("label", { class: "field" }, "wrongly of at most", rate), "% of photos that it does know",
    make("span", { id: "unknown-work", class: "quiet", role: "status" })));
}

onNews("work", (values) => {
  const place = find("#unknown-work");
  if (place && values?.page === "unknown") place.textContent = `${values.title}, ${outOf(values.done, values.total)}`;
});
