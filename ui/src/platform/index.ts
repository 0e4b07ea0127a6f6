import type { ErrorBody, Event, Requests } from "../api/bindings";

export type RequestName = keyof Requests;
export type Args<K extends RequestName> = Requests[K]["args"];
export type Answer<K extends RequestName> = Requests[K]["answer"];

/** The one door to Hunter's engine; whoever hosts the page provides it. */
export interface Platform {
  /** Rejects with an `ErrorBody`. */
  call<K extends RequestName>(name: K, args: Args<K>): Promise<Answer<K>>;
  subscribe(listener: (event: Event) => void): Promise<() => void>;
}

/** Code of a failure to reach the engine at all. */
export const UNREACHABLE = "unreachable";

export function isErrorBody(thrown: unknown): thrown is ErrorBody {
  return typeof thrown === "object" && thrown !== null && "code" in thrown && "message" in thrown && "retry" in thrown;
}
