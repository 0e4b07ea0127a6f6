import type { Platform } from ".";
import { HttpPlatform } from "./http";
import { isDesktop, tauriPlatform } from "./tauri";

/** Whoever hosts this page: the desktop window, or `hunter serve` in a browser. */
export function hostPlatform(): Platform {
  return isDesktop() ? tauriPlatform : new HttpPlatform();
}
