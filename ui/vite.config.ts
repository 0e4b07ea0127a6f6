import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

export default defineConfig({
  plugins: [react()],
  clearScreen: false,
  server: { port: 5173, strictPort: true },
  build: { target: ["chrome111", "safari16.4"], chunkSizeWarningLimit: 1000 },
  test: {
    environment: "jsdom",
    setupFiles: ["src/test/setup.ts"],
    css: false,
    env: { TZ: "UTC" },
    testTimeout: 20_000,
  },
});
