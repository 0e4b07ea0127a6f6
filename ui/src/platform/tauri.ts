import { invoke, isTauri } from "@tauri-apps/api/core";
import { listen } from "@tauri-apps/api/event";
import type { Event } from "../api/bindings";
import type { Platform } from ".";

/** The desktop window: one command for every request, one channel for every event. */
export const tauriPlatform: Platform = {
  call: (name, args) => invoke("call", { name, args }),
  subscribe: (listener) => listen<Event>("hunter", (event) => listener(event.payload)),
};

/** Whether the page is in the desktop window. */
export const isDesktop = isTauri;
