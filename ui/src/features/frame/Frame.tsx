import { ProgressBar } from "@fluentui/react-components";
import { useSnapshot } from "../../api/hooks";
import { Mark } from "../../components/Mark";
import { useWords } from "../../i18n";
import { FiltersProvider } from "../referrals/filters";
import { EnableDialog } from "../sign-in/EnableDialog";
import { FirstRun } from "../sign-in/FirstRun";
import { SignInDialog } from "../sign-in/SignInDialog";
import { AccountMenu } from "./AccountMenu";
import { Bars } from "./Bars";
import styles from "./Frame.module.css";
import { Navigation } from "./Navigation";
import { SearchField } from "./SearchField";
import { SyncNow, SyncStatus } from "./SyncStatus";
import { useView } from "./views";

export function Frame() {
  const { t } = useWords();
  const { profile, sync } = useSnapshot();
  const { content: Content, needsProfile } = useView();
  const known = profile.kind !== "none";
  return (
    <FiltersProvider key={profile.id}>
      <div className={styles.frame}>
        <header className={styles.top}>
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
                <AccountMenu />
              </div>
            </>
          )}
          {sync.running && (
            <ProgressBar className={styles.progress} thickness="medium" aria-label={t("sync.progress")} />
          )}
        </header>
        <Navigation />
        <main className={styles.main}>
          <Bars />
          <div className={styles.content}>{known || !needsProfile ? <Content key={profile.id} /> : <FirstRun />}</div>
        </main>
      </div>
      <SignInDialog />
      <EnableDialog />
    </FiltersProvider>
  );
}
