import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { Connection } from "../api/connection";
import { App } from "../app";
import { createTranslations } from "../i18n";
import { FakePlatform } from "../platform/fake";
import { worlds } from "./stageWorlds";

declare global {
  interface Window {
    /** The engine, for a test to speak through. */
    engine: FakePlatform;
  }
}

/** The page on an engine in memory, for tests in a real browser: `?world=…&language=tr`. */
const asked = new URLSearchParams(location.search);
const language = asked.get("language") === "tr" ? "tr" : "en";
const world = Object.entries(worlds).find(([name]) => name === asked.get("world"))?.[1] ?? worlds.day;
window.engine = new FakePlatform(world(language));

const connection = new Connection(window.engine);
void connection.start();
const root = document.getElementById("root");
if (root) {
  createRoot(root).render(
    <StrictMode>
      <App connection={connection} translations={createTranslations(language)} />
    </StrictMode>,
  );
}
