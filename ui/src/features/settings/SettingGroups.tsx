import { MessageBar, MessageBarBody, Skeleton, SkeletonItem } from "@fluentui/react-components";
import type { SettingView } from "../../api/bindings";
import { useSettings, useSnapshot } from "../../api/hooks";
import { Failure } from "../../components/states";
import { useWords } from "../../i18n";
import { SettingField } from "./SettingField";
import styles from "./Settings.module.css";

/** Shown in a section of its own. */
export const logSettings = ["log"];

/** A setting that no group names belongs to the last one. */
export const groups = {
  connection: ["partner_center.client_id", "partner_center.tenant_id"],
  partner_center: [
    "partner_center.enabled",
    "partner_center.sync_interval",
    "partner_center.referral_direction",
    "partner_center.page_size",
  ],
  companies: ["enrichment.enabled", "enrichment.name_servers", "scoring.azure_tenant_score", "scoring.cosell_bonus"],
  window: ["language", "partner_center.referral_status"],
  desktop: ["desktop.notifications", "desktop.quiet_hours", "desktop.on_close", "desktop.autostart"],
  data: ["data.retention_days"],
  advanced: [],
} as const satisfies Record<string, readonly string[]>;
export type GroupId = keyof typeof groups;

function membersOf(id: GroupId, settings: SettingView[]): SettingView[] {
  if (id === "advanced") {
    const elsewhere = new Set<string>([...Object.values(groups).flat(), ...logSettings]);
    return settings.filter(({ key }) => !elsewhere.has(key));
  }
  return groups[id].flatMap((key) => settings.find((setting) => setting.key === key) ?? []);
}

type Props = { ids: readonly GroupId[]; place: string | null };

/** Groups of settings; a setting that the address names takes the focus. */
export function SettingGroups({ ids, place }: Props) {
  const { t } = useWords();
  const settings = useSettings();
  const { desktop } = useSnapshot();
  if (settings.data) {
    return ids
      .filter((id) => id !== "desktop" || desktop !== null)
      .map((id) => <SettingGroup key={id} id={id} settings={membersOf(id, settings.data)} wanted={place} />);
  }
  if (settings.isError) {
    return (
      <Failure
        title={t("settings.failed_title")}
        error={settings.error}
        onRetry={() => {
          void settings.refetch();
        }}
      />
    );
  }
  return (
    <Skeleton className={styles.group} aria-busy="true" aria-label={t("referrals.loading_row")}>
      <SkeletonItem size={24} />
      <SkeletonItem size={64} />
      <SkeletonItem size={64} />
    </Skeleton>
  );
}

function SettingGroup({ id, settings, wanted }: { id: GroupId; settings: SettingView[]; wanted: string | null }) {
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
        <SettingField key={setting.key} setting={setting} wanted={setting.key === wanted} />
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
