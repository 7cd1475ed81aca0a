// The run that a page looks at: in its address (`?run=`), so that a link or a reload shows the same.

export const currentRun = () => new URLSearchParams(location.search).get("run");

/** Keep a training that has no run yet in the address, as `?job=`. */
export function setCurrentJob(job) {
  const address = new URL(location.href);
  address.searchParams.set("job", job);
  address.searchParams.delete("run");
  history.replaceState(null, "", address);
}

/** Keep a run in the address, or none where it is null. */
export function setCurrentRun(run) {
  const address = new URL(location.href);
  if (run === null) address.searchParams.delete("run");
  else address.searchParams.set("run", run);
  address.searchParams.delete("job"); // of the training that was looked at before it had a run
  history.replaceState(null, "", address);
}
