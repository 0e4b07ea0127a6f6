import {
  Button,
  Dialog,
  DialogActions,
  DialogBody,
  DialogContent,
  DialogSurface,
  DialogTitle,
  Spinner,
} from "@fluentui/react-components";
import { CheckmarkCircle16Filled } from "@fluentui/react-icons/headless/svg/checkmark-circle";
import { ErrorCircle24Filled } from "@fluentui/react-icons/headless/svg/error-circle";
import { Open20Regular } from "@fluentui/react-icons/headless/svg/open";
import { useRef } from "react";
import type { SignInState } from "../../api/bindings";
import { useSnapshot } from "../../api/hooks";
import { CopyButton } from "../../components/CopyButton";
import { errorWords } from "../../components/errors";
import { useNow } from "../../components/hooks";
import { useCommand } from "../../components/notices";
import { ReturnFocus } from "../../components/ReturnFocus";
import { useWords } from "../../i18n";
import { countdown } from "../../i18n/format";
import styles from "./SignInDialog.module.css";

/** Follows the engine: it is open as long as a sign-in is under way or has failed. */
export function SignInDialog() {
  const { t } = useWords();
  const { sign_in } = useSnapshot();
  const command = useCommand();
  const dismiss = useRef<HTMLButtonElement>(null);
  const cancel = () => void command("cancel_sign_in", {});
  return (
    <Dialog open={sign_in.state !== "idle"} modalType="modal" onOpenChange={(_, { open }) => !open && cancel()}>
      <DialogSurface>
        <DialogBody>
          <DialogTitle>{t(sign_in.state === "failed" ? "sign_in.failed_title" : "sign_in.dialog_title")}</DialogTitle>
          <DialogContent>
            <Progress state={sign_in} />
          </DialogContent>
          <DialogActions fluid>
            <Ways state={sign_in} onLeave={() => dismiss.current?.focus()} />
            <Button ref={dismiss} onClick={cancel}>
              {t(sign_in.state === "failed" ? "common.close" : "common.cancel")}
            </Button>
          </DialogActions>
        </DialogBody>
        <ReturnFocus />
      </DialogSurface>
    </Dialog>
  );
}

/** What can be done instead of waiting, or after a failure; a policy that blocks the code lets the browser through. */
function Ways({ state, onLeave }: { state: SignInState; onLeave: () => void }) {
  const { t } = useWords();
  const command = useCommand();
  const begin = (name: "sign_in" | "sign_in_in_browser") => () => {
    onLeave();
    void command(name, {});
  };
  if (state.state === "idle" || state.state === "starting") return null;
  if (state.state === "failed") {
    const byCode = { name: "sign_in", words: t("common.retry") } as const;
    const byBrowser = { name: "sign_in_in_browser", words: t("sign_in.use_browser") } as const;
    const ways = state.error.code === "blocked_by_policy" ? [byBrowser, byCode] : [byCode, byBrowser];
    return ways.map(({ name, words }, place) => (
      <Button key={name} appearance={place === 0 ? "primary" : "secondary"} onClick={begin(name)}>
        {words}
      </Button>
    ));
  }
  const inBrowser = state.state === "in_browser";
  return (
    <>
      <Button
        appearance={state.browser_opened ? "secondary" : "primary"}
        icon={<Open20Regular />}
        onClick={() => void command("open_sign_in_page", {})}
      >
        {t("sign_in.open_page")}
      </Button>
      <Button onClick={begin(inBrowser ? "sign_in" : "sign_in_in_browser")}>
        {t(inBrowser ? "sign_in.use_code" : "sign_in.use_browser")}
      </Button>
    </>
  );
}

function Progress({ state }: { state: SignInState }) {
  const { t } = useWords();
  switch (state.state) {
    case "waiting":
      return <Waiting {...state} />;
    case "in_browser":
      return <InBrowser {...state} />;
    case "failed": {
      const { message, hint } = errorWords(state.error, t);
      return (
        <div className={styles.failed} role="alert">
          <ErrorCircle24Filled className={styles.failedIcon} aria-hidden="true" />
          <div>
            <p className={styles.message}>{message}</p>
            {hint && <p className={styles.hint}>{hint}</p>}
          </div>
        </div>
      );
    }
    default:
      return <Spinner className={styles.spinner} label={t("sign_in.starting")} />;
  }
}

type WaitingState = Extract<SignInState, { state: "waiting" }>;

function Waiting({ user_code, verification_uri, expires_at, copied, browser_opened }: WaitingState) {
  const { t } = useWords();
  const left = new Date(expires_at).getTime() - useNow(1000);
  return (
    <div className={styles.waiting}>
      <p className={styles.message}>{t("sign_in.waiting_text")}</p>
      <div className={styles.codeBox}>
        <output className={styles.code} data-testid="device-code" aria-label={t("sign_in.code_label")}>
          {user_code}
        </output>
        <CopyButton text={user_code} what={t("sign_in.code_what")} />
      </div>
      <Done words={[copied && t("sign_in.code_copied"), browser_opened && t("sign_in.browser_opened")]} />
      <Address address={verification_uri} />
      <p className={styles.time} role="timer">
        {left > 0 ? t("sign_in.time_left", { time: countdown(left) }) : t("sign_in.time_over")}
      </p>
    </div>
  );
}

type InBrowserState = Extract<SignInState, { state: "in_browser" }>;

function InBrowser({ address, expires_at, browser_opened }: InBrowserState) {
  const { t } = useWords();
  const left = new Date(expires_at).getTime() - useNow(1000);
  return (
    <div className={styles.waiting}>
      <p className={styles.message}>{t("sign_in.browser_text")}</p>
      <Done words={[browser_opened && t("sign_in.browser_opened")]} />
      {!browser_opened && <Address address={address} />}
      <p className={styles.time} role="timer">
        {left > 0 ? t("sign_in.browser_time_left", { time: countdown(left) }) : t("sign_in.browser_time_over")}
      </p>
    </div>
  );
}

function Address({ address }: { address: string }) {
  const { t } = useWords();
  return (
    <div>
      <p className={styles.hint}>{t("sign_in.address")}</p>
      <div className={styles.address}>
        <code>{address}</code>
        <CopyButton text={address} what={t("sign_in.address_what")} />
      </div>
    </div>
  );
}

function Done({ words }: { words: Array<string | false> }) {
  const done = words.filter((text) => text !== false);
  return (
    <div role="status">
      {done.length > 0 && (
        <ul className={styles.done}>
          {done.map((text) => (
            <li key={text}>
              <CheckmarkCircle16Filled className={styles.check} aria-hidden="true" />
              {text}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
