// node measure.mjs: the desktop's memory before, with and after its window, and how fast the window comes back.
import { setTimeout as pause } from "node:timers/promises";
import { Stage } from "./stage.mjs";
import { until } from "./webdriver.mjs";

const SETTLED_MS = 5_000;

const stage = await Stage.build();
try {
  const desktop = await stage.desktop();
  await desktop.ask("tray", { on: true });
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
  console.log(JSON.stringify(found, null, 2));
} finally {
  await stage.strike();
}
