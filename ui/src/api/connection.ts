import { notifyManager, QueryClient } from "@tanstack/react-query";
import type { Platform } from "../platform";
import type { ErrorBody, Snapshot, Topic } from "./bindings";
import { toErrorBody } from "./errors";

const LOOK_AGAIN_MS = 1_000;

// An answer is shown as soon as it is here; a timer would first let the page draw once more without it.
notifyManager.setScheduler(queueMicrotask);

export type ConnectionState =
  | { phase: "loading" }
  | { phase: "failed"; error: ErrorBody }
  | { phase: "ready"; snapshot: Snapshot };

/** Holds what the engine last said about itself; lives outside React, so that nothing subscribes twice. */
export class Connection {
  readonly queries = new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: Number.POSITIVE_INFINITY,
        retry: false,
        refetchOnWindowFocus: false,
        networkMode: "always",
      },
      mutations: { networkMode: "always" },
    },
  });
  #state: ConnectionState = { phase: "loading" };
  #subscribed = false;
  #stateEvents = 0;
  #lookedAgainAt = Number.NEGATIVE_INFINITY;
  readonly #listeners = new Set<() => void>();

  constructor(readonly platform: Platform) {}

  /** Subscribes first and then asks, so that no change falls in between. */
  async start(): Promise<void> {
    try {
      if (!this.#subscribed) {
        await this.platform.subscribe((event) => {
          if (event.type === "state") {
            this.#stateEvents += 1;
            this.#set({ phase: "ready", snapshot: event.snapshot });
          } else {
            for (const topic of event.topics) void this.#drop(topic);
          }
        });
        window.addEventListener("focus", this.#lookAgain);
        document.addEventListener("visibilitychange", this.#lookAgain);
        this.#subscribed = true;
      }
      const before = this.#stateEvents;
      const snapshot = await this.platform.call("snapshot", {});
      // An event that came while waiting is at least as new as the answer.
      if (this.#stateEvents === before) this.#set({ phase: "ready", snapshot });
    } catch (thrown) {
      if (this.#state.phase !== "ready") this.#set({ phase: "failed", error: toErrorBody(thrown) });
    }
  }

  retry = (): void => {
    this.#set({ phase: "loading" });
    void this.start();
  };

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  state = (): ConnectionState => this.#state;

  /** While nobody looked, `hunter` in a terminal may have synced or signed in. */
  #lookAgain = (): void => {
    const now = performance.now();
    if (document.visibilityState === "hidden" || now - this.#lookedAgainAt < LOOK_AGAIN_MS) return;
    this.#lookedAgainAt = now;
    // What fails here leaves the page as it was; the next look asks again.
    this.platform.call("look_again", {}).catch(() => undefined);
  };

  /** A first answer that is still on its way may be older than the news: it is asked for again. */
  async #drop(topic: Topic) {
    const filter = { queryKey: [topic] };
    await this.queries.cancelQueries(filter);
    await this.queries.invalidateQueries(filter);
  }

  #set(state: ConnectionState) {
    this.#state = state;
    for (const listener of this.#listeners) listener();
  }
}
