import {
  Toast,
  ToastBody,
  Toaster,
  type ToastIntent,
  ToastTitle,
  useId,
  useToastController,
} from "@fluentui/react-components";
import { createContext, useCallback, useContext, useMemo } from "react";
import { toErrorBody } from "../api/errors";
import { useCall } from "../api/hooks";
import { useWords } from "../i18n";
import type { Args, RequestName } from "../platform";
import { errorWords } from "./errors";
import styles from "./notices.module.css";

type Notice = { intent: ToastIntent; title: string; text?: string | null };
type Notify = (notice: Notice) => void;

const NoticesContext = createContext<Notify>(() => undefined);

/** Short messages in the corner, announced to screen readers. */
export function NoticesProvider({ children }: { children: React.ReactNode }) {
  const toasterId = useId("notices");
  const { dispatchToast } = useToastController(toasterId);
  const notify = useCallback<Notify>(
    ({ intent, title, text }) =>
      dispatchToast(
        <Toast className={styles.notice}>
          <ToastTitle>{title}</ToastTitle>
          {text && <ToastBody>{text}</ToastBody>}
        </Toast>,
        { intent, timeout: intent === "error" ? 12_000 : 6_000, pauseOnHover: true, pauseOnWindowBlur: true },
      ),
    [dispatchToast],
  );
  return (
    <NoticesContext.Provider value={notify}>
      {children}
      <Toaster toasterId={toasterId} position="bottom-end" />
    </NoticesContext.Provider>
  );
}

export const useNotify = (): Notify => useContext(NoticesContext);

/** Tells what went wrong, in the engine's words. */
export function useFailure(): (thrown: unknown) => void {
  const notify = useNotify();
  const { t } = useWords();
  return useCallback(
    (thrown) => {
      const { message, hint } = errorWords(toErrorBody(thrown), t);
      notify({ intent: "error", title: message, text: hint });
    },
    [notify, t],
  );
}

export type Command = <K extends RequestName>(name: K, args: Args<K>) => Promise<boolean>;

/** Runs a request whose only visible outcome of its own is a failure; true if there was none. */
export function useCommand(): Command {
  const call = useCall();
  const fail = useFailure();
  return useMemo(
    () => async (name, args) => {
      try {
        await call(name, args);
        return true;
      } catch (thrown) {
        fail(thrown);
        return false;
      }
    },
    [call, fail],
  );
}
