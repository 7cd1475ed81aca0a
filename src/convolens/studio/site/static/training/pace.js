// How fast a training is, and how long it still takes: from its events, or from when its epochs were seen to end.

const LOOKED_AT = 3; // epochs, the newest

/**
 * Return {done, of, seconds, rate, left}; what is not known is null.
 * Args: shown: a run as `/api/runs/RUN` gives it; seen: [[epoch, milliseconds], ...] of epochs that ended while the page was open.
 */
export function paceOf(shown, seen = []) {
  const events = shown.epoch_events ?? [];
  const newest = events[events.length - 1];
  const last = shown.history[shown.history.length - 1];
  const done = last ? last.epoch : 0;
  const of = newest?.epochs ?? shown.plan?.epochs ?? shown.of;
  let seconds = mean(events.slice(-LOOKED_AT).map((event) => event.seconds));
  let rate = newest?.images_per_second ?? null;
  if (seconds === null && seen.length > 1) {
    const [first, end] = [seen[Math.max(0, seen.length - 1 - LOOKED_AT)], seen[seen.length - 1]];
    if (end[0] > first[0]) seconds = (end[1] - first[1]) / 1000 / (end[0] - first[0]);
    rate = seconds && shown.training_photos ? shown.training_photos / seconds : null;
  }
  if (seconds === null && shown.measurement) ({ seconds_per_epoch: seconds, images_per_second: rate } = shown.measurement);
  const planned = Object.values(shown.plan?.seconds ?? {}).reduce((sum, part) => sum + part, 0) || null; // before the first epoch has ended
  const left = seconds === null && done === 0 ? planned : seconds === null || !of ? null : seconds * Math.max(0, of - done);
  return { done, of, seconds, rate, left };
}

function mean(values) {
  const known = values.filter((value) => Number.isFinite(value));
  return known.length ? known.reduce((sum, value) => sum + value, 0) / known.length : null;
}
