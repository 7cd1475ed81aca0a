// One question at a time, and of those that came meanwhile only the newest: sliders stay smooth, and no old answer comes last.

/** Return a function that does `work(...given)`; while it is at work, only the newest call waits. */
export function latest(work) {
  let waiting = null;
  let running = null;
  async function run() {
    while (waiting) {
      const given = waiting;
      waiting = null;
      await work(...given);
    }
    running = null;
  }
  return (...given) => {
    waiting = given;
    running ??= run();
    return running;
  };
}
