import { useQuery } from "@tanstack/react-query";
import { useCall, useSnapshot } from "../../api/hooks";
import { keys } from "../../api/keys";
import { CopyButton } from "../../components/CopyButton";
import { useWords } from "../../i18n";
import { Backups } from "./Backups";
import styles from "./Data.module.css";
import { Erase } from "./Erase";
import { SettingGroups } from "./SettingGroups";
import settingsStyles from "./Settings.module.css";

/** Where the data lies, its backups, and how it is erased. */
export function DataSection({ place }: { place: string | null }) {
  const { t } = useWords();
  const { profile } = useSnapshot();
  return (
    <>
      <section className={settingsStyles.group} aria-labelledby="data-kept">
        <h2 id="data-kept" className={settingsStyles.groupTitle}>
          {t("data.title")}
        </h2>
        <p className={settingsStyles.groupText}>{t("data.text")}</p>
        <Location />
        <Backups />
      </section>
      <SettingGroups ids={["data"]} place={place} />
      {profile.kind !== "none" && <Erase />}
    </>
  );
}

function Location() {
  const { t } = useWords();
  const call = useCall();
  const profile = useSnapshot().profile.id;
  const location = useQuery({
    queryKey: keys.databaseLocation(profile),
    queryFn: () => call("database_location", {}),
  });
  if (!location.data) return null;
  return (
    <div className={styles.location}>
      <span className={styles.label}>{t("data.location")}</span>
      <code className={styles.path}>{location.data}</code>
      <CopyButton text={location.data} what={t("data.location")} />
    </div>
  );
}
