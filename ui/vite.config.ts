import { readFileSync } from "node:fs";
import { join } from "node:path";
import react from "@vitejs/plugin-react";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";

const EARLY = "src/features/appearance/early.js";

/** The one script that is not a module: modules run after the first paint, and the page's policy allows none inline. */
function early(): Plugin {
  let builds = false;
  return {
    name: "early",
    configResolved({ command }) {
      builds = command === "build";
    },
    buildStart() {
      if (builds)
        this.emitFile({
          type: "asset",
          name: "early.js",
          source: readFileSync(join(import.meta.dirname, EARLY), "utf8"),
        });
    },
    transformIndexHtml: {
      order: "post",
      handler(_, { bundle }) {
        const file = Object.keys(bundle ?? {}).find((name) => /early-[^/]*\.js$/.test(name)) ?? EARLY;
        return [{ tag: "script", attrs: { src: `/${file}` }, injectTo: "head-prepend" }];
      },
    },
  };
}

export default defineConfig({
  plugins: [react({ compiler: true }), early()],
  clearScreen: false,
  server: { port: 5173, strictPort: true },
  build: { target: ["chrome111", "safari16.4"], chunkSizeWarningLimit: 1200 },
  test: {
    environment: "jsdom",
    setupFiles: ["src/test/setup.ts"],
    css: false,
    env: { TZ: "UTC" },
    testTimeout: 20_000,
  },
});
