// What a real window needs around it: a display, a session bus, a keyring, a sandbox, and a home of
// its own. All of it is private to one stage and gone when the stage is struck.
import { spawn, spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { Window, until } from "./webdriver.mjs";

export const ROOT = fileURLToPath(new URL("../..", import.meta.url));
export const BINARIES = process.env.BINARIES ?? join(ROOT, "target", "debug");
export const PICTURES = process.env.PICTURES ?? join(ROOT, "target", "screenshots");

const running = new Set();
const folders = new Set();
process.on("exit", () => {
  for (const child of running) signal(child, "SIGKILL");
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});
for (const name of ["SIGINT", "SIGTERM", "SIGHUP"]) process.once(name, () => process.exit(130));

export class Stage {
  #children = [];
  #windows = [];
  #folders = [];

  /**
   * A stage with a display and a session bus, or without a `screen`; `keyring` adds an unlocked, throw-away one, and
   * `data` is where Hunter's data lies instead of in the system's folder for temporary files.
   */
  static async build({ keyring = false, screen = true, data } = {}) {
    const stage = new Stage();
    stage.folder = stage.#place(tmpdir());
    stage.opened = join(stage.folder, "opened-urls");
    stage.env = isolated(stage.folder);
    if (data) stage.env.HUNTER_DATA_DIR = stage.#place(data);
    try {
      if (screen) stage.env.DISPLAY = `:${await stage.#display()}`;
      stage.env.DBUS_SESSION_BUS_ADDRESS = await stage.#bus();
      if (keyring) await stage.#keyring();
      else stage.env.HUNTER_SECRET_STORE = "file";
    } catch (error) {
      await stage.strike();
      throw error;
    }
    return stage;
  }

  /** Starts `hunter sandbox` and points everything that follows at it. */
  async sandbox(...args) {
    const child = this.#start(join(BINARIES, "hunter"), ["sandbox", "--port", "0", "--json", ...args]);
    const sandbox = JSON.parse(await firstLine(child));
    Object.assign(this.env, {
      HUNTER_PARTNER_CENTER_ENABLED: "true",
      HUNTER_PARTNER_CENTER_API_URL: sandbox.url,
      HUNTER_PARTNER_CENTER_AUTHORITY_URL: sandbox.url,
      HUNTER_PARTNER_CENTER_CLIENT_ID: sandbox.client_id,
      HUNTER_PARTNER_CENTER_TENANT_ID: sandbox.tenant_id,
    });
    return sandbox;
  }

  /** Runs the command line to its end and returns what it printed as JSON. */
  async hunter(...args) {
    return this.#answer(join(BINARIES, "hunter"), [...args, "--json"]);
  }

  /**
   * Starts a program and returns when the pictures of a part of the display were first seen, in milliseconds since then,
   * and how many colours the last one has. The program is ended once nothing has changed for `quiet`.
   */
  async watch(program, { x, y, width, height }, quiet) {
    const args = [x, y, width, height, quiet].map(String);
    return this.#answer(join(BINARIES, "examples", "first-paint"), [...args, join(BINARIES, program)]);
  }

  /** Starts `hunter serve` and returns what it says of itself; `end` ends it. */
  async serve(...args) {
    const child = this.#start(join(BINARIES, "hunter"), ["serve", "--json", ...args]);
    const told = JSON.parse(await firstLine(child));
    return { ...told, end: () => stop(child) };
  }

  /**
   * As `open`, to take pictures: the driver waits for the page to be drawn anew, which only a graphics card, or what
   * imitates one, does without a reason.
   */
  async openForPictures(env = {}) {
    return this.open({ WEBKIT_DISABLE_COMPOSITING_MODE: "0", ...env });
  }

  /** Opens Hunter's window, with `env` on top of the stage's own. */
  async open(env = {}) {
    return this.openProgram(join(BINARIES, "hunter-desktop"), env);
  }

  async openProgram(binary, env = {}) {
    if (!existsSync(binary)) throw new Error(`${binary} is missing: build it first`);
    const port = await freePort();
    const driver = `http://127.0.0.1:${port}`;
    this.#start("WebKitWebDriver", ["--host=127.0.0.1", `--port=${port}`], {
      ...env,
      TAURI_AUTOMATION: "true",
      TAURI_WEBVIEW_AUTOMATION: "true",
    });
    await until("WebKitWebDriver to listen", () => fetch(`${driver}/status`).then((r) => r.ok, () => false));
    const window = await Window.open(driver, binary);
    this.#windows.push(window);
    return window;
  }

  /** Starts Hunter without a driver, as a desktop does; an object among the arguments adds to its environment. */
  launch(...given) {
    const env = given.filter((one) => typeof one === "object").reduce((all, one) => ({ ...all, ...one }), {});
    const args = given.filter((one) => typeof one === "string");
    return new Program(this.#start(join(BINARIES, "hunter-desktop"), args, env), this.env);
  }

  /** A tray and notifications on this stage's bus, off until they are turned on. */
  async desktop() {
    const child = this.#start(join(BINARIES, "examples", "session-bus"), []);
    return new Desktop(child);
  }

  async close(window) {
    this.#windows = this.#windows.filter((other) => other !== window);
    await window.close();
  }

  /** Saves what the window shows as `NAME.png` and returns the file's path. */
  async picture(window, name) {
    const file = join(PICTURES, `${name}.png`);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, await window.picture());
    return file;
  }

  /** The addresses that Hunter asked the system to open in a browser. */
  openedUrls() {
    return existsSync(this.opened) ? readFileSync(this.opened, "utf8").split("\n").filter(Boolean) : [];
  }

  /** Everything the programs on this stage wrote to stderr. */
  said() {
    return this.#children.map((child) => child.said).join("");
  }

  async strike() {
    for (const window of this.#windows) await window.close().catch(() => undefined);
    for (const child of this.#children.reverse()) await stop(child);
    for (const folder of this.#folders) {
      rmSync(folder, { recursive: true, force: true });
      folders.delete(folder);
    }
  }

  #place(where) {
    const folder = mkdtempSync(join(where, "hunter-stage-"));
    this.#folders.push(folder);
    folders.add(folder);
    return folder;
  }

  async #display() {
    const args = ["-displayfd", "1", "-screen", "0", "1360x900x24", "-nolisten", "tcp"];
    return firstLine(this.#start("Xvfb", args));
  }

  async #bus() {
    const config = join(this.folder, "bus.conf");
    writeFileSync(config, BUS);
    const args = [`--config-file=${config}`, "--nofork", "--print-address=1"];
    return firstLine(this.#start("dbus-daemon", args));
  }

  async #keyring() {
    const args = ["--foreground", "--unlock", "--components=secrets"];
    this.#start("gnome-keyring-daemon", args).stdin.end("throw-away");
    const owner = ["--session", "--print-reply", "--dest=org.freedesktop.DBus", "/org/freedesktop/DBus"];
    const question = [...owner, "org.freedesktop.DBus.GetNameOwner", "string:org.freedesktop.secrets"];
    await until("the keyring", () => spawnSync("dbus-send", question, { env: this.env }).status === 0);
  }

  async #answer(command, args) {
    const child = this.#start(command, args);
    let output = "";
    child.stdout.on("data", (chunk) => (output += chunk));
    const code = await ended(child);
    if (code !== 0) throw new Error(`${command} ${args.join(" ")} ended with ${code}: ${output}${child.said}`);
    return JSON.parse(output.trim().split("\n").at(-1));
  }

  #start(command, args, env = {}) {
    const child = spawn(command, args, { env: { ...this.env, ...env }, detached: true });
    child.said = "";
    child.stderr.on("data", (chunk) => (child.said += chunk));
    child.on("error", (error) => (child.said += `${command}: ${error.message}\n`));
    child.on("exit", () => running.delete(child));
    running.add(child);
    this.#children.push(child);
    return child;
  }
}

/** The other side of a session bus and a display. */
class Desktop {
  #child;
  #waiting = [];

  constructor(child) {
    this.#child = child;
    child.once("exit", () => this.#waiting.forEach((answer) => answer({ error: `it ended: ${child.said}` })));
    createInterface({ input: child.stdout }).on("line", (line) => {
      this.#waiting.shift()?.(JSON.parse(line));
    });
  }

  async ask(what, more = {}) {
    const answered = new Promise((resolve) => this.#waiting.push(resolve));
    this.#child.stdin.write(`${JSON.stringify({ do: what, ...more })}\n`);
    const { answer, error } = await answered;
    if (error === "no item") return [];
    if (error) throw new Error(`${what}: ${error}`);
    return answer;
  }
}

/** Hunter, started without a driver. */
class Program {
  #child;
  #env;

  constructor(child, env) {
    this.#child = child;
    this.#env = env;
    child.stdout.resume();
    this.code = ended(child);
  }

  runs() {
    return running.has(this.#child);
  }

  /** What the system sends when it shuts down. */
  end() {
    this.#child.kill("SIGTERM");
  }

  logged() {
    const folder = join(this.#env.HUNTER_DATA_DIR, "logs");
    const files = existsSync(folder) ? readdirSync(folder) : [];
    return this.#child.said + files.map((file) => readFileSync(join(folder, file), "utf8")).join("");
  }

  /** The environment of its process, which may have put another program in its place. */
  variables() {
    return readFileSync(`/proc/${this.#child.pid}/environ`, "utf8").split("\0");
  }

  /** This program and all that it started. */
  tree() {
    const parents = new Map();
    for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name)).map(Number)) {
      try {
        const fields = readFileSync(`/proc/${pid}/stat`, "utf8").replace(/^.*\) /s, "").split(" ");
        if (fields[0] !== "Z") parents.set(pid, Number(fields[1]));
      } catch (error) {
        if (!["ENOENT", "ESRCH"].includes(error.code)) throw error;
      }
    }
    const family = [this.#child.pid];
    for (const parent of family) {
      for (const [pid, its] of parents) if (its === parent && !family.includes(pid)) family.push(pid);
    }
    return family;
  }

  webProcesses() {
    const name = (pid) => {
      try {
        return readFileSync(`/proc/${pid}/comm`, "utf8").trim();
      } catch {
        return "";
      }
    };
    return this.tree().filter((pid) => name(pid).startsWith("WebKitWebProces"));
  }

  /** Proportional memory of the tree, in MB. */
  memory() {
    const of = (pid) => {
      try {
        return Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, "utf8"))?.[1] ?? 0);
      } catch {
        return 0;
      }
    };
    return this.tree().reduce((sum, pid) => sum + of(pid), 0) / 1024;
  }
}

/** Types the code on the sign-in page and approves it, as a person's browser would. */
export async function approve(page, code) {
  let url = page;
  let answer = await fetch(url);
  for (let form = 1; form <= 4; form += 1) {
    const html = await answer.text();
    if (!answer.ok) throw new Error(`${url} answered ${answer.status}: ${html}`);
    const next = filledForm(html, url, code);
    if (!next) return;
    url = next.url;
    answer = await fetch(url, { method: "POST", body: next.fields });
  }
  throw new Error(`${page} asks for more and more`);
}

/** The page's form with the code in its text field and its first button pressed. */
function filledForm(html, url, code) {
  const form = /<form\b([^>]*)>(.*?)<\/form>/s.exec(html);
  if (!form) return undefined;
  const fields = new URLSearchParams();
  for (const [, tag, attributes] of form[2].matchAll(/<(input|button)\b([^>]*)>/g)) {
    const attribute = (name) => new RegExp(`\\b${name}="([^"]*)"`).exec(attributes)?.[1];
    const name = attribute("name");
    const type = attribute("type") ?? (tag === "button" ? "submit" : "text");
    if (!name || fields.has(name)) continue;
    if (type === "text") fields.set(name, code);
    else if (type !== "radio" || /\bchecked\b/.test(attributes)) fields.set(name, attribute("value") ?? "");
  }
  const action = /\baction="([^"]*)"/.exec(form[1])?.[1] ?? "";
  return { url: new URL(action, url), fields };
}

const BUS = `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:tmpdir=${tmpdir()}</listen>
  <policy context="default">
    <allow own="*"/>
    <allow send_destination="*"/>
    <allow receive_sender="*"/>
  </policy>
</busconfig>
`;

/** The caller's environment without its settings, session and home. */
function isolated(folder) {
  const foreign = /^(HUNTER_|XDG_|DBUS_|LC_|WEBKIT_|GTK_|NODE_)|^(DISPLAY|WAYLAND_DISPLAY|LANGUAGE|BROWSER)$/;
  const kept = Object.entries(process.env).filter(([name]) => !foreign.test(name));
  const place = (name) => {
    const path = join(folder, name);
    mkdirSync(path, { mode: 0o700 });
    return path;
  };
  const programs = place("bin");
  const browser = join(programs, "xdg-open");
  writeFileSync(browser, `#!/bin/sh\nprintf '%s\\n' "$1" >> '${join(folder, "opened-urls")}'\n`);
  chmodSync(browser, 0o755);
  return {
    ...Object.fromEntries(kept),
    PATH: `${programs}:${process.env.PATH}`,
    HOME: place("home"),
    XDG_RUNTIME_DIR: place("run"),
    XDG_DATA_HOME: place("share"),
    XDG_CONFIG_HOME: place("config"),
    XDG_CACHE_HOME: place("cache"),
    XDG_STATE_HOME: place("state"),
    HUNTER_DATA_DIR: join(folder, "hunter"),
    HUNTER_LANG: "en",
    LANG: "C.UTF-8",
    GDK_BACKEND: "x11",
    NO_AT_BRIDGE: "1",
  };
}

async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function firstLine(child) {
  return new Promise((resolve, reject) => {
    createInterface({ input: child.stdout }).once("line", (line) => {
      child.stdout.resume();
      resolve(line.trim());
    });
    child.once("exit", () => reject(new Error(`${child.spawnfile} ended at once: ${child.said}`)));
    child.once("error", reject);
  });
}

function ended(child) {
  return new Promise((resolve) => child.once("close", resolve));
}

async function stop(child) {
  if (!running.has(child)) return;
  const gone = ended(child);
  signal(child, "SIGTERM");
  const patience = setTimeout(() => signal(child, "SIGKILL"), 5_000);
  await gone;
  clearTimeout(patience);
}

/** A child leads its own process group, so that what it started ends with it. */
function signal(child, name) {
  try {
    process.kill(-child.pid, name);
  } catch (error) {
    if (error.code !== "ESRCH") throw error;
  }
}
