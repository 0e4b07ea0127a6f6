// node list.mjs: how fast the list of the real window is with REFERRALS (a list of sizes), from a key press to painted
// rows, and how fast it is there after a start, beside a window with nothing in it.
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { install } from "./in_page.mjs";
import { BINARIES, ROOT, Stage } from "./stage.mjs";

const SIZES = (process.env.REFERRALS ?? "1000").split(",").map(Number);
const START_ROUNDS = Number(process.env.START_ROUNDS ?? 5);
const TYPED = "anadolu loj";
const PRESSES = 20;
/** None of the lengths that timers of the page have. */
const SCRIPT_MS = 55_555;
/** After a start the app has more to do than what it shows. */
const SETTLED_MS = 10_000;
/** No change of the display for so long: what was to be painted has been. */
const QUIET_MS = 4_000;

const PAGE = {
  label: "Referrals",
  memory: constant("api/windows.ts", "WINDOW_LIFE"),
};

/** A number of the page that was built in; zero when it has gone. */
function constant(file, name) {
  const text = readFileSync(join(ROOT, "ui/src", file), "utf8");
  return Number(new RegExp(`const ${name} = ([\\d_]+);`).exec(text)?.[1].replaceAll("_", "") ?? 0);
}

const say = (text) => console.error(text);
const rounded = (ms) => Number(ms.toFixed(1));

function spread(times) {
  if (times.length === 0) return null;
  const sorted = times.toSorted((one, other) => one - other);
  const at = (share) => rounded(sorted[Math.min(Math.floor((sorted.length * share) / 100), sorted.length - 1)]);
  return { median_ms: at(50), p95_ms: at(95) };
}

/** A stage with a signed-in Hunter that has read so many referrals. */
async function filled(referrals) {
  say(`${referrals} referrals: signing in and reading them`);
  // Beside the builds: a system's folder for temporary files may lie in memory, and a database does not.
  const stage = await Stage.build({ data: BINARIES });
  stages.push(stage);
  stage.env.HUNTER_PARTNER_CENTER_SYNC_INTERVAL = "86400";
  await stage.sandbox("--referrals", String(referrals), "--auto-approve");
  await stage.hunter("login", "--no-browser");
  const { fetched } = await stage.hunter("sync");
  if (fetched !== referrals) throw new Error(`${fetched} of ${referrals} referrals were read`);
  return stage;
}

/** Everything a person does with the list, over and over, and where its first rows are on the display. */
async function inWindow(stage, referrals) {
  say(`${referrals} referrals: the list in the window`);
  const window = await stage.open();
  await window.testId("badge-kind");
  await pause(SETTLED_MS);
  const area = await window.run(`
    const cells = [2, 3, 4].map((row) => document.querySelector(\`[role=grid] [aria-rowindex="\${row}"] [data-cell$=":1"]\`));
    const boxes = cells.map((cell) => cell.getBoundingClientRect());
    return { x: Math.ceil(boxes[0].left), y: Math.ceil(boxes[0].top), width: Math.floor(boxes[0].width), height: Math.floor(boxes[2].bottom - boxes[0].top) };
  `);
  await window.allow(SCRIPT_MS);
  await window.run(`(${install})(arguments[0])`, PAGE);
  const actions = [
    [5, `return bench.search("${TYPED}")`],
    [4, "return bench.filter()"],
    [30, "return bench.open()"],
    [2, `return bench.sort("sort, open ones")`],
    [0, "return bench.all(true)"],
    [2, `return bench.sort("sort, all")`],
    [13, `return bench.page(${PRESSES})`],
    [0, "return bench.all(false)"],
  ];
  const found = [];
  for (const [rounds, script] of actions) {
    // The first time is for the page's code to be compiled.
    await window.run(script);
    for (let round = 0; round < rounds; round += 1) found.push(...(await window.run(script)));
  }
  await stage.close(window);
  const names = [...new Set(found.map(({ name }) => name))];
  const rows = names.map((action) => {
    const ones = found.filter(({ name }) => name === action);
    const of = (what) => spread(ones.map((one) => one[what]).filter((time) => typeof time === "number"));
    const [painted, changed, asked, engine] = ["painted", "changed", "asked", "engine"].map(of);
    return { referrals, action, times: ones.length, painted, changed, asked, engine };
  });
  return { area, rows };
}

/** Whether the system let go of all files that it keeps in memory. */
function forgetFiles() {
  try {
    spawnSync("sync");
    writeFileSync("/proc/sys/vm/drop_caches", "3");
    return true;
  } catch {
    return false;
  }
}

/** Milliseconds from a program's start until this part of the display changed, and until it was as it then stayed. */
async function start(stage, program, area) {
  const { seen, colours } = await stage.watch(program, area, QUIET_MS);
  if (program === "hunter-desktop" && colours < 16) throw new Error("there are no rows where they were");
  const last = seen.at(-1).picture;
  return { first: seen[1].ms, whole: seen.find(({ picture }) => picture === last).ms };
}

async function starts(programs) {
  const rows = [];
  for (const kind of forgetFiles() ? ["cold", "warm"] : ["warm"]) {
    const times = new Map(programs.map(({ name }) => [name, []]));
    for (let round = 1; round <= START_ROUNDS; round += 1) {
      say(`${kind} starts: round ${round} of ${START_ROUNDS}`);
      for (const { name, stage, program, area } of programs) {
        if (kind === "cold") forgetFiles();
        times.get(name).push(await start(stage, program, area));
      }
    }
    for (const [program, ones] of times) {
      const of = (what) => spread(ones.map((one) => one[what]));
      rows.push({ program, kind, times: ones.length, first: of("first"), whole: of("whole") });
    }
  }
  return rows;
}

const stages = [];
try {
  const window = [];
  const programs = [];
  for (const referrals of SIZES) {
    const stage = await filled(referrals);
    const { area, rows } = await inWindow(stage, referrals);
    window.push(...rows);
    programs.push({ name: `Hunter, ${referrals} referrals`, stage, program: "hunter-desktop", area });
  }
  const bare = await Stage.build();
  stages.push(bare);
  programs.unshift({ name: "a bare window", stage: bare, program: join("examples", "bare-window"), area: programs[0].area });
  console.log(JSON.stringify({ window, start: await starts(programs) }));
} finally {
  for (const stage of stages) await stage.strike();
}
