import type { ErrorBody, Event, Snapshot, Topic } from "../api/bindings";
import { type Answer, type Args, type Platform, type RequestName, UNREACHABLE } from ".";

/** Where a browser without a key, or with one that is over, gets a new one. */
const DOOR = "/enter";
/** How long a stream that ended for good is left alone. */
const RECONNECT_MS = 5_000;
/** Every topic: a new one does not compile until it is here. */
const TOPICS: Record<Topic, true> = {
  referrals: true,
  companies: true,
  views: true,
  runs: true,
  settings: true,
  checklist: true,
};
const EVERYTHING = Object.keys(TOPICS) as Topic[];

/** An answer, and what only this browser can do for it. */
type Reply<K extends RequestName> = { answer: Answer<K>; open: string[]; copy: string | null };

/** A browser: requests by HTTP, events as a stream that comes back by itself. */
export class HttpPlatform implements Platform {
  readonly #leave: (address: string) => void;

  constructor(leave: (address: string) => void = (address) => window.location.replace(address)) {
    this.#leave = leave;
  }

  async call<K extends RequestName>(name: K, args: Args<K>): Promise<Answer<K>> {
    const response = await fetch(`/rpc/${name}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(args),
    }).catch(() => null);
    if (!response || response.status >= 502) throw unreachable();
    if (response.status === 401) {
      this.#leave(DOOR);
      // The page is on its way out: nobody is told that something went wrong.
      return new Promise(() => undefined);
    }
    const reply: Reply<K> | { error: unknown } | { detail: string } = await response.json();
    if ("error" in reply) throw reply.error;
    if ("detail" in reply) throw new Error(reply.detail);
    if (reply.copy !== null) await copy(reply.copy);
    for (const address of reply.open) open(address);
    return reply.answer;
  }

  /** Resolves once events come, or once it is known that they come later. */
  subscribe(listener: (event: Event) => void): Promise<() => void> {
    return new Promise((resolve) => {
      let source: EventSource;
      let reconnect: ReturnType<typeof setTimeout> | undefined;
      let missed = false;
      const end = () => {
        clearTimeout(reconnect);
        source.close();
      };
      const begin = () => {
        source = new EventSource("/events");
        source.onmessage = ({ data }) => listener(JSON.parse(data));
        source.onopen = () => {
          if (missed) void this.#catchUp(listener);
          missed = false;
          resolve(end);
        };
        source.onerror = () => {
          missed = true;
          resolve(end);
          if (source.readyState !== EventSource.CLOSED) return;
          // Refused: a request finds out whether the key is over.
          void this.#catchUp(listener);
          reconnect = setTimeout(begin, RECONNECT_MS);
        };
      };
      begin();
    });
  }

  /** What happened while nobody listened is unknown. */
  async #catchUp(listener: (event: Event) => void): Promise<void> {
    const snapshot = await this.call("snapshot", {}).catch((): Snapshot | null => null);
    if (!snapshot) return;
    listener({ type: "state", snapshot });
    listener({ type: "invalidated", topics: EVERYTHING });
  }
}

/** Without encryption browsers lend their clipboard only to pages of the same computer, and to this old way. */
async function copy(text: string): Promise<void> {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const field = document.createElement("textarea");
  field.value = text;
  (document.querySelector("[role=dialog]") ?? document.body).append(field);
  field.select();
  const copied = document.execCommand("copy");
  field.remove();
  if (!copied) throw new Error("The browser does not let Hunter use the clipboard.");
}

function open(address: string): void {
  const opened = window.open(address, "_blank");
  if (!opened) throw new Error(`The browser has blocked a new tab: ${address}`);
  opened.opener = null;
}

/** The page has words of its own for it. */
function unreachable(): ErrorBody {
  return { code: UNREACHABLE, message: "", hint: null, retry: "later" };
}
