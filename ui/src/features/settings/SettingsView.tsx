import { MessageBar, MessageBarBody, Skeleton, SkeletonItem } from "@fluentui/react-components";
import type { SettingView } from "../../api/bindings";
import { useSettings, useSnapshot } from "../../api/hooks";
import { Failure } from "../../components/states";
import { useWords } from "../../i18n";
import { SettingField } from "./SettingField";
import styles from "./Settings.module.css";

/** Nothing heeds these yet, so there is nothing to choose here. */
const dormant = [
  "environment",
  "scoring.azure_tenant_score",
  "scoring.cosell_bonus",
  "enrichment.enabled",
  "http.allowed_hosts",
];

/** A setting that no group names belongs to the last one. */
const groups = [
  { id: "connection", keys: ["partner_center.client_id", "partner_center.tenant_id"] },
  {
    id: "partner_center",
    keys: [
      "partner_center.enabled",
      "partner_center.sync_interval",
      "partner_center.referral_direction",
      "partner_center.page_size",
    ],
  },
  { id: "window", keys: ["language", "partner_center.referral_status"] },
  {
    id: "desktop",
    keys: ["desktop.notifications", "desktop.quiet_hours", "desktop.on_close", "desktop.autostart"],
  },
  { id: "advanced", keys: [] },
] as const;
type Group = (typeof groups)[number];

function membersOf({ id, keys }: Group, settings: SettingView[]): SettingView[] {
  if (id === "advanced") {
    const elsewhere = new Set<string>([...groups.flatMap((group) => group.keys), ...dormant]);
    return settings.filter(({ key }) => !elsewhere.has(key));
  }
  return keys.flatMap((key) => settings.find((setting) => setting.key === key) ?? []);
}

export function SettingsView() {
  const { t } = useWords();
  const settings = useSettings();
  const { desktop } = useSnapshot();
  const shown = groups.filter(({ id }) => id !== "desktop" || desktop !== null);
  return (
    <div className={styles.view}>
      <div className={styles.page}>
        <h1 className={styles.title}>{t("settings.title")}</h1>
        {settings.data ? (
          shown.map((group) => <SettingGroup key={group.id} id={group.id} settings={membersOf(group, settings.data)} />)
        ) : settings.isError ? (
          <Failure
            title={t("settings.failed_title")}
            error={settings.error}
            onRetry={() => {
              void settings.refetch();
            }}
          />
        ) : (
          <Skeleton className={styles.group} aria-busy="true">
            <SkeletonItem size={24} />
            <SkeletonItem size={64} />
            <SkeletonItem size={64} />
          </Skeleton>
        )}
      </div>
    </div>
  );
}

function SettingGroup({ id, settings }: { id: Group["id"]; settings: SettingView[] }) {
  const { t } = useWords();
  if (settings.length === 0) return null;
  return (
    <section className={styles.group} aria-labelledby={`settings-${id}`}>
      <h2 id={`settings-${id}`} className={styles.groupTitle}>
        {t(`settings.group.${id}`)}
      </h2>
      <p className={styles.groupText}>{t(`settings.group_text.${id}`)}</p>
      {id === "desktop" && <Missing />}
      {settings.map((setting) => (
        <SettingField key={setting.key} setting={setting} />
      ))}
    </section>
  );
}

/** What this desktop lacks, and what follows from it. */
function Missing() {
  const { t } = useWords();
  const { desktop } = useSnapshot();
  return (
    <>
      {desktop?.tray === false && <Note>{t("settings.no_tray")}</Note>}
      {desktop?.notifications === false && <Note>{t("settings.no_notifications")}</Note>}
    </>
  );
}

function Note({ children }: { children: string }) {
  return (
    <MessageBar intent="info" layout="multiline">
      <MessageBarBody>{children}</MessageBarBody>
    </MessageBar>
  );
}
