// The clock and the timers of the page, `page` being that of `session.js`.
{
  const realTimeout = setTimeout.bind(window);
  const realClear = clearTimeout.bind(window);
  const realNow = Date.now.bind(Date);
  const began = realNow();
  /** The page's time runs at one speed since `paced`, when it had come to `pacedMs`. */
  let paced = began;
  let pacedMs = 0;

  /** What has run or waits: by number, when it is due. */
  const timers = new Map();
  // Apart from the numbers that the browser gives.
  let last = 1_000_000;
  let frozen = false;
  /** In a hidden page, timers run at multiples of it alone. */
  let everyMs = 0;

  /** Of timers: goes on as the clock does, but is never set. */
  const elapsed = () => pacedMs + (realNow() - paced) * page.speed;

  function arm(id) {
    const timer = timers.get(id);
    realClear(timer.real);
    if (frozen) return;
    const due = everyMs ? Math.ceil(timer.due / everyMs) * everyMs : timer.due;
    timer.real = realTimeout(() => fire(id), Math.max(0, due - elapsed()) / page.speed);
  }

  function fire(id) {
    const timer = timers.get(id);
    timers.delete(id);
    if (typeof timer?.run === 'function') timer.run(...timer.rest);
  }

  /** Those that are due first, first. */
  function armAll() {
    const byTime = [...timers].sort(([, a], [, b]) => a.due - b.due);
    for (const [id] of byTime) arm(id);
  }

  window.Date = class extends Date {
    static now() {
      return began + elapsed() + page.clockMs;
    }

    constructor(...parts) {
      if (parts.length) super(...parts);
      else super(window.Date.now());
    }
  };

  window.setTimeout = (run, ms = 0, ...rest) => {
    timers.set(++last, { run, rest, due: elapsed() + Number(ms) });
    arm(last);
    return last;
  };

  window.clearTimeout = (id) => {
    realClear(timers.get(id)?.real ?? id);
    timers.delete(id);
  };

  Object.assign(page, {
    timers,

    /** From now on, time runs so many times as fast. */
    pace(speed) {
      pacedMs = elapsed();
      paced = realNow();
      page.speed = speed;
      armAll();
    },

    /** The machine sleeps: afterwards every timer that came due meanwhile runs late. */
    sleep(ms) {
      pacedMs += ms;
      armAll();
    },

    /** As browsers do with hidden pages; 0 ends it. */
    throttle(ms) {
      everyMs = ms;
      armAll();
    },

    /** Nothing runs. What comes due waits for the end. */
    freeze(on) {
      frozen = on;
      armAll();
    },
  });
}
