// Chromium, as it is installed here.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";

export const UI = fileURLToPath(new URL("../../ui", import.meta.url));
export const ofUi = createRequire(join(UI, "package.json"));
const { chromium } = ofUi("playwright-core");

function browserProgram() {
  const folders = process.env.PATH.split(delimiter);
  const names = ["chromium", "chromium-browser", "google-chrome"];
  const found = folders.flatMap((folder) => names.map((name) => join(folder, name))).find(existsSync);
  assert.ok(found, "no Chromium: cargo xtask setup installs it");
  return found;
}

export async function openBrowser(t) {
  // Root, as in a container, may not use Chromium's own sandbox.
  const args = process.getuid() === 0 ? ["--no-sandbox"] : [];
  const browser = await chromium.launch({ executablePath: browserProgram(), args });
  t.after(() => browser.close());
  return browser;
}
