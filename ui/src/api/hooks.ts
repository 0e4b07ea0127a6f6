import { useQuery } from "@tanstack/react-query";
import { createContext, useCallback, useContext, useSyncExternalStore } from "react";
import type { Answer, Args, RequestName } from "../platform";
import type { ErrorBody, Snapshot } from "./bindings";
import type { Connection, ConnectionState } from "./connection";
import { toErrorBody } from "./errors";
import { keys } from "./keys";

declare module "@tanstack/react-query" {
  interface Register {
    defaultError: ErrorBody;
  }
}

const ConnectionContext = createContext<Connection | null>(null);
export const ConnectionProvider = ConnectionContext.Provider;

export function useConnection(): Connection {
  const connection = useContext(ConnectionContext);
  if (!connection) throw new Error("ConnectionProvider is missing");
  return connection;
}

export function useConnectionState(): ConnectionState {
  const connection = useConnection();
  return useSyncExternalStore(connection.subscribe, connection.state);
}

/** What the engine last said; only below a frame that is shown once it is known. */
export function useSnapshot(): Snapshot {
  const state = useConnectionState();
  if (state.phase !== "ready") throw new Error("no snapshot yet");
  return state.snapshot;
}

export type Call = <K extends RequestName>(name: K, args: Args<K>) => Promise<Answer<K>>;

/** Asks the engine; rejects with an `ErrorBody`. */
export function useCall(): Call {
  const { platform } = useConnection();
  return useCallback(
    async (name, args) => {
      try {
        return await platform.call(name, args);
      } catch (thrown) {
        throw toErrorBody(thrown);
      }
    },
    [platform],
  );
}

export function useReferral(id: string) {
  const call = useCall();
  const profile = useSnapshot().profile.id;
  return useQuery({
    queryKey: keys.referral(profile, id),
    queryFn: () => call("show_referral", { id }),
  });
}

export function useRawReferral(id: string) {
  const call = useCall();
  const profile = useSnapshot().profile.id;
  return useQuery({
    queryKey: keys.rawReferral(profile, id),
    queryFn: () => call("raw_referral", { id }),
  });
}

export function useSettings() {
  const call = useCall();
  return useQuery({ queryKey: keys.settings(), queryFn: () => call("settings", {}) });
}
