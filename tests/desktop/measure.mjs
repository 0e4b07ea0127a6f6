// node measure.mjs: the desktop's memory before, with and after its window, how fast the window comes back, and what
// the program costs while it waits in the tray for IDLE_SECONDS, signed in and syncing on schedule.
import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { Stage } from "./stage.mjs";
import { until } from "./webdriver.mjs";

const SETTLED_MS = 15_000;
const IDLE_SECONDS = Number(process.env.IDLE_SECONDS ?? 60);
const TICKS_PER_SECOND = 100;

/** Processor time of these processes, and for each of their threads how often it has waited. */
function spent(pids) {
  let cpu_ms = 0;
  const waits = new Map();
  for (const pid of pids) {
    const [user, system] = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").pop().split(" ").slice(11, 13);
    cpu_ms += ((Number(user) + Number(system)) * 1000) / TICKS_PER_SECOND;
    for (const thread of readdirSync(`/proc/${pid}/task`)) {
      const status = readFileSync(`/proc/${pid}/task/${thread}/status`, "utf8");
      waits.set(thread, Number(/^voluntary_ctxt_switches:\s+(\d+)/m.exec(status)[1]));
    }
  }
  return { cpu_ms, waits };
}

const stage = await Stage.build();
try {
  const desktop = await stage.desktop();
  await desktop.ask("tray", { on: true });
  await stage.sandbox("--referrals", process.env.REFERRALS ?? "250", "--auto-approve");
  await stage.hunter("login", "--no-browser");
  const hunter = stage.launch("--hidden");
  const found = {};
  const note = async (name) => {
    await pause(SETTLED_MS);
    found[name] = { pss_mb: Number(hunter.memory().toFixed(1)), processes: hunter.tree().length };
  };
  const windows = (count) => until(`${count} windows`, async () => (await desktop.ask("windows")).length === count);
  const open = async () => {
    const entry = (await desktop.ask("menu")).find(({ label }) => label === "Open Hunter");
    const begun = performance.now();
    await desktop.ask("click", { id: entry.id });
    await windows(1);
    return Number((performance.now() - begun).toFixed(0));
  };
  await until("the tray's icon", () => desktop.ask("item"));
  await note("hidden");
  found.first_open_ms = await open();
  await note("with_window");
  await desktop.ask("close");
  await windows(0);
  await note("after_close");
  found.open_again_ms = await open();
  await desktop.ask("close");
  await windows(0);
  await pause(SETTLED_MS);
  const before = spent(hunter.tree());
  await pause(IDLE_SECONDS * 1000);
  const after = spent(hunter.tree());
  const wakeups = [...after.waits].reduce((sum, [thread, count]) => sum + count - (before.waits.get(thread) ?? 0), 0);
  found.idle = {
    seconds: IDLE_SECONDS,
    cpu_ms: Number((after.cpu_ms - before.cpu_ms).toFixed(0)),
    wakeups_per_minute: Number(((wakeups * 60) / IDLE_SECONDS).toFixed(1)),
    runs: (await stage.hunter("runs")).runs.length,
  };
  console.log(JSON.stringify(found, null, 2));
} finally {
  await stage.strike();
}
