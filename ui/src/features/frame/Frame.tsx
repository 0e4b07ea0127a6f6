import { ProgressBar } from "@fluentui/react-components";
import { useLayoutEffect, useRef } from "react";
import { useSnapshot } from "../../api/hooks";
import { useMedia } from "../../components/hooks";
import { Mark } from "../../components/Mark";
import { useWords } from "../../i18n";
import { EnableGuard } from "../checklist/enabling";
import { FiltersProvider } from "../referrals/filters";
import { EnableDialog } from "../sign-in/EnableDialog";
import { FirstRun } from "../sign-in/FirstRun";
import { SignInDialog } from "../sign-in/SignInDialog";
import { AccountMenu } from "./AccountMenu";
import { Bars } from "./Bars";
import { CloseDialog } from "./CloseDialog";
import styles from "./Frame.module.css";
import { useFocus } from "./focus";
import { Navigation } from "./Navigation";
import { OverlaysProvider } from "./overlays";
import { SearchField } from "./SearchField";
import { SelectionVoice } from "./SelectionVoice";
import { SkipLink } from "./SkipLink";
import { SyncMenu, SyncNow, SyncStatus } from "./SyncStatus";
import { SelectionsProvider } from "./selection";
import { SyncNowProvider } from "./syncNow";
import { useView } from "./views";

/** What is filtered and selected belongs to a profile, and goes with it. */
export function Frame() {
  const { profile } = useSnapshot();
  const { id } = useView();
  return (
    <FiltersProvider key={profile.id} inView={id === "referrals" && profile.kind !== "none"}>
      <SelectionsProvider>
        <EnableGuard>
          <SyncNowProvider>
            <OverlaysProvider>
              <Window />
            </OverlaysProvider>
          </SyncNowProvider>
        </EnableGuard>
      </SelectionsProvider>
    </FiltersProvider>
  );
}

function Window() {
  const { t } = useWords();
  const { profile, sync } = useSnapshot();
  const { id, content: Content, needsProfile } = useView();
  const main = useRef<HTMLElement>(null);
  const shownBefore = useRef(id);
  const still = useMedia("(prefers-reduced-motion: reduce)");
  useFocus();
  useLayoutEffect(() => {
    if (shownBefore.current !== id && document.activeElement === document.body) main.current?.focus();
    shownBefore.current = id;
  }, [id]);
  const known = profile.kind !== "none";
  return (
    <>
      <div className={styles.frame}>
        <header className={styles.top}>
          <SkipLink />
          <span className={styles.brand}>
            <Mark className={styles.mark} />
            <span className={styles.name}>Hunter</span>
          </span>
          {known && (
            <>
              <SearchField />
              <div className={styles.actions}>
                <SyncStatus />
                <SyncNow />
                <SyncMenu />
                <AccountMenu />
              </div>
            </>
          )}
          {sync.running && (
            <ProgressBar
              className={styles.progress}
              thickness="medium"
              indeterminateMotion={still ? null : undefined}
              aria-label={t("sync.progress")}
            />
          )}
        </header>
        <Navigation />
        <main ref={main} className={styles.main} tabIndex={-1}>
          <Bars />
          <div className={styles.content}>{known || !needsProfile ? <Content key={profile.id} /> : <FirstRun />}</div>
        </main>
      </div>
      <SignInDialog />
      <EnableDialog />
      <CloseDialog />
      <SelectionVoice />
    </>
  );
}
