// Only the newest question counts: where requests follow clicks, keys and sliders, no old answer may come last.

/** Return a function that does `work(...given)`, one at a time: of the calls that come meanwhile only the newest waits. */
export function latest(work) {
  let waiting = null;
  let running = null;
  async function run() {
    try {
      while (waiting) {
        const given = waiting;
        waiting = null;
        await work(...given);
      }
    } finally {
      running = null;
    }
  }
  return (...given) => {
    waiting = given;
    running ??= run();
    return running;
  };
}

/** Return a function that does `work(...given)` so many milliseconds after it was called last: when nothing more comes. */
export function rested(work, milliseconds) {
  let timer = null;
  return (...given) => {
    clearTimeout(timer);
    timer = setTimeout(() => work(...given), milliseconds);
  };
}

/** Return a function to call before each question; it returns another, to ask before an answer is used: is this question still the newest? */
export function newest() {
  let last = 0;
  return () => {
    last += 1;
    const mine = last;
    return () => mine === last;
  };
}
