// A small client of the W3C WebDriver protocol: one window, found by accessible role and name.
import { setTimeout as pause } from "node:timers/promises";

const ELEMENT = "element-6066-11e4-a52e-4f735466cecf";
const PATIENCE_MS = 20_000;

/** Elements that can carry a role without saying so. */
const IMPLICIT = {
  button: "button",
  link: "a[href]",
  searchbox: "input[type=search]",
  textbox: "input, textarea",
  checkbox: "input[type=checkbox]",
  switch: "input[type=checkbox]",
  heading: "h1, h2, h3",
  tab: "button",
};

export class Window {
  #base;

  /** Starts `binary` through the driver that listens at `driver`. */
  static async open(driver, binary) {
    const window = new Window();
    const options = { binary, args: ["--automation"] };
    const answer = await send("POST", `${driver}/session`, {
      capabilities: { alwaysMatch: { browserName: "wry", "webkitgtk:browserOptions": options } },
    });
    window.#base = `${driver}/session/${answer.sessionId}`;
    return window;
  }

  async close() {
    await send("DELETE", this.#base);
  }

  async goto(url) {
    await this.#post("url", { url });
  }

  /** The PNG of what the window shows once nothing but a lasting notice moves any more. */
  async picture() {
    await this.run(`
      const ending = document.getAnimations().filter((one) => one.effect?.getComputedTiming().iterations !== Infinity);
      const patience = new Promise((over) => setTimeout(over, 600));
      return Promise.race([Promise.allSettled(ending.map((one) => one.finished)), patience])
        .then(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(() => drawn(true)))));
    `);
    return Buffer.from(await send("GET", `${this.#base}/screenshot`), "base64");
  }

  async text() {
    return this.run("return document.body.innerText");
  }

  async run(script, ...args) {
    return this.#post("execute/sync", { script, args: args.map(wire) });
  }

  /** How long a script may take; the driver keeps the time in the page, by a timer of it. */
  async allow(ms) {
    await this.#post("timeouts", { script: ms });
  }

  async all(css) {
    const found = await this.#post("elements", { using: "css selector", value: css });
    return found.map((item) => new Element(this.#base, item[ELEMENT]));
  }

  /** The first element that matches, as soon as there is one. */
  async find(css) {
    return until(`an element "${css}"`, async () => (await this.all(css))[0]);
  }

  async testId(id) {
    return this.find(`[data-testid="${id}"]`);
  }

  /** The visible element of this role whose accessible name is `name` (or matches it). */
  async role(role, name) {
    return until(`${role} "${name}"`, () => this.#withRole(role, name));
  }

  async hasRole(role, name) {
    return (await this.#withRole(role, name)) !== undefined;
  }

  /** Sends keys to whatever has the focus. */
  async press(...keys) {
    const actions = keys.flatMap((value) => [
      { type: "keyDown", value },
      { type: "keyUp", value },
    ]);
    await this.#post("actions", { actions: [{ type: "key", id: "keyboard", actions }] });
  }

  async #withRole(role, name) {
    const css = [`[role="${role}"]`, IMPLICIT[role]].filter(Boolean).join(", ");
    for (const element of await this.all(css)) {
      try {
        const label = await element.name();
        const matches = name instanceof RegExp ? name.test(label) : label === name;
        if (matches && (await element.role()) === role && (await element.isShown())) return element;
      } catch (error) {
        if (error.code !== "stale element reference") throw error;
      }
    }
    return undefined;
  }

  #post(path, body) {
    return send("POST", `${this.#base}/${path}`, body);
  }
}

export class Element {
  #path;

  constructor(base, id) {
    this.id = id;
    this.#path = `${base}/element/${id}`;
  }

  click() {
    return send("POST", `${this.#path}/click`, {});
  }

  /** Replaces what the field holds. */
  async type(text) {
    await send("POST", `${this.#path}/clear`, {});
    if (text) await send("POST", `${this.#path}/value`, { text });
  }

  text() {
    return send("GET", `${this.#path}/text`);
  }

  attribute(name) {
    return send("GET", `${this.#path}/attribute/${name}`);
  }

  role() {
    return send("GET", `${this.#path}/computedrole`);
  }

  name() {
    return send("GET", `${this.#path}/computedlabel`);
  }

  isShown() {
    return send("GET", `${this.#path}/displayed`);
  }

  isEnabled() {
    return send("GET", `${this.#path}/enabled`);
  }
}

/** Asks again until the answer is truthy; says what it waited for when the time is up. */
export async function until(what, ask, patience = PATIENCE_MS) {
  const deadline = Date.now() + patience;
  let last = "";
  while (Date.now() < deadline) {
    try {
      const answer = await ask();
      if (answer) return answer;
    } catch (error) {
      if (!TRANSIENT.has(error.code)) throw error;
      last = ` (${error.code})`;
    }
    await pause(50);
  }
  throw new Error(`waited ${patience / 1000} s for ${what}${last}`);
}

const TRANSIENT = new Set(["stale element reference", "no such element", "element not interactable"]);

const wire = (value) => (value instanceof Element ? { [ELEMENT]: value.id } : value);

async function send(method, url, body) {
  const answer = await fetch(url, {
    method,
    body: body && JSON.stringify(body),
    headers: body && { "content-type": "application/json" },
    signal: AbortSignal.timeout(60_000),
  });
  const { value } = await answer.json();
  if (!answer.ok) {
    const failure = new Error(`${method} ${new URL(url).pathname}: ${value.error}: ${value.message}`);
    failure.code = value.error;
    throw failure;
  }
  return value;
}
