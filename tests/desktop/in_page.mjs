// What measures the list from inside its page, so that the driver's own time is in no number.

/** Put into the page as it stands: it can use nothing around it. Leaves its work on `window.bench`. */
export function install({ label, memory }) {
  const PATIENCE_MS = 15_000;
  const bench = {};
  const asked = [];
  const { setTimeout: timer, fetch: ask } = window;

  // What the page has read it would keep for a while, and ask the engine only once for the same.
  window.setTimeout = (run, delay, ...rest) => {
    return timer.call(window, run, delay === memory ? 0 : delay, ...rest);
  };
  window.fetch = async (url, options) => {
    if (typeof options?.body !== "string" || !options.body.includes('"list_referrals"')) return ask.call(window, url, options);
    const request = { at: performance.now() };
    asked.push(request);
    const answer = await ask.call(window, url, options);
    request.answered = performance.now();
    return answer;
  };

  const sleep = (ms) => new Promise((over) => timer.call(window, over, ms));
  const frame = () => new Promise((over) => requestAnimationFrame(over));
  const grid = () => document.querySelector(`[role=grid][aria-label="${label}"]`);
  const rowOf = (index) => grid().querySelector(`[role=row][aria-rowindex="${index + 2}"]`);

  /** All rows in view are there and none of them is a placeholder. */
  const complete = () => {
    const list = grid();
    const count = Number(list?.getAttribute("aria-rowcount") ?? 0) - 1;
    if (count < 0 || list.getAttribute("aria-busy") === "true") return false;
    const height = list.querySelector("[role=row]:has([role=gridcell])")?.offsetHeight;
    if (!height) return count === 0;
    const room = list.clientHeight - list.querySelector("[role=rowgroup]").offsetHeight;
    const first = Math.floor(list.scrollTop / height);
    const last = Math.min(count, Math.ceil((list.scrollTop + room) / height)) - 1;
    for (let index = first; index <= last; index += 1) {
      if (!rowOf(index)?.querySelector('[data-testid="badge-kind"]')) return false;
    }
    return true;
  };

  const quiet = async () => {
    const deadline = performance.now() + PATIENCE_MS;
    while (!complete() || asked.some(({ answered }) => answered === undefined)) {
      if (performance.now() > deadline) throw new Error("the list does not come to rest");
      await frame();
    }
    // A different part of a frame each time, as a person's keys.
    await sleep(40 + Math.random() * 40);
  };

  /**
   * From the moment before `act` to the frame after the one that the rows it asks for are part of. `answered` tells
   * what has to be true besides rows that are complete; without it, that the engine has been asked and has answered.
   */
  const measure = async (name, act, answered) => {
    if (grid()) await quiet();
    asked.length = 0;
    const began = performance.now();
    const isAnswered = answered ?? (() => asked.length > 0 && asked.every((request) => request.answered !== undefined));
    const inPage = new Promise((resolve, reject) => {
      const seen = () => {
        if (!isAnswered() || !complete()) return;
        observer.disconnect();
        resolve(performance.now());
      };
      const observer = new MutationObserver(seen);
      observer.observe(document.getElementById("root"), { subtree: true, childList: true, attributes: true, characterData: true });
      sleep(PATIENCE_MS).then(() => {
        observer.disconnect();
        const then = { asked, answered: isAnswered(), complete: complete(), top: grid()?.scrollTop };
        reject(new Error(`${name}: no rows; ${JSON.stringify(then)}`));
      });
    });
    act();
    const changed = await inPage;
    await frame();
    await frame();
    const painted = performance.now();
    const first = asked[0];
    return {
      name,
      painted: painted - began,
      changed: changed - began,
      asked: first && first.at - began,
      engine: first && Math.max(...asked.map((request) => request.answered)) - first.at,
    };
  };

  /** As a keyboard does it: a value that is set by a script is another, longer way. */
  const type = (text) => {
    const field = document.querySelector("input[type=search]");
    field.focus();
    if (text.length > 0 && text.slice(0, -1) === field.value) {
      document.execCommand("insertText", false, text.at(-1));
    } else {
      field.select();
      document.execCommand("delete");
      if (text !== "") document.execCommand("insertText", false, text);
    }
  };
  const press = (key) => {
    const cell = grid().querySelector('[data-cell][tabindex="0"]');
    cell.focus({ preventScroll: true });
    cell.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
  };
  const link = (view) => document.querySelector(`nav a[href="#/${view}"]`).click();
  const tab = (place) => document.querySelectorAll("[role=tablist] [role=tab]")[place].click();

  bench.search = async (words) => {
    const found = [];
    for (let end = 1; end <= words.length; end += 1) {
      const typed = words.slice(0, end);
      // A space at the end changes nothing about what is searched for.
      if (typed === typed.trim()) {
        found.push(await measure("search per key", () => type(typed)));
      } else type(typed);
    }
    await measure("", () => type(""));
    return found;
  };

  bench.filter = async () => {
    const tiles = () => [...document.querySelectorAll("[role=group] > button[aria-pressed]")];
    const found = [];
    for (const [place] of tiles().entries()) {
      found.push(await measure("filter by a tile", () => tiles()[place].click()));
      await measure("", () => tiles()[place].click());
    }
    return found;
  };

  bench.sort = async (name) => {
    const headers = () => [...grid().querySelectorAll("[role=columnheader][data-sortable]")];
    const order = () => headers().map((header) => header.getAttribute("aria-sort"));
    const before = order();
    const found = [];
    for (const place of before.keys()) {
      for (let click = 0; click < 2; click += 1) found.push(await measure(name, () => headers()[place].click()));
    }
    const sorted = before.findIndex((direction) => direction !== "none");
    while (order()[sorted] !== before[sorted]) await measure("", () => headers()[sorted].click());
    return found;
  };

  bench.page = async (presses) => {
    const settle = async (key) => {
      press(key);
      await frame();
      await frame();
      await quiet();
    };
    await settle("Home");
    const top = grid().scrollTop;
    // The first press goes from the top of what is in view to its end, and nothing moves.
    while (grid().scrollTop === top) await settle("PageDown");
    const found = [];
    for (let count = 0; count < presses; count += 1) {
      await quiet();
      const before = grid().scrollTop;
      const moved = () => grid().scrollTop !== before;
      const one = await measure("page down", () => press("PageDown"), moved);
      if (one.engine !== undefined) one.name = "page down, rows not read yet";
      found.push(one);
    }
    await settle("Home");
    return found;
  };

  bench.open = async () => {
    link("activity");
    while (grid()) await frame();
    await sleep(300);
    // Its first rows are kept, so that nothing need be asked.
    return [await measure("open the list", () => link("referrals"), () => true)];
  };

  bench.all = async (on) => {
    await measure("", () => tab(on ? 2 : 0));
    return [];
  };

  window.bench = bench;
}
