import {
  Button,
  Table,
  TableBody,
  TableCell,
  TableHeader,
  TableHeaderCell,
  TableRow,
} from "@fluentui/react-components";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { BackupView } from "../../api/bindings";
import { useCall, useSnapshot } from "../../api/hooks";
import { keys } from "../../api/keys";
import { Confirmation } from "../../components/Confirmation";
import { useCommand, useNotify } from "../../components/notices";
import { Refusal } from "../../components/Refusal";
import { useWords } from "../../i18n";
import { amountOfData, count, dayAndTime } from "../../i18n/format";
import styles from "./Data.module.css";

export function Backups() {
  const { t } = useWords();
  const call = useCall();
  const notify = useNotify();
  const queries = useQueryClient();
  const profile = useSnapshot().profile.id;
  const backups = useQuery({ queryKey: keys.backups(profile), queryFn: () => call("backups", {}) });
  const backUp = useMutation({
    mutationFn: () => call("back_up_now", {}),
    onSuccess: (made) => {
      const isNew = made[0]?.name !== backups.data?.[0]?.name;
      queries.setQueryData(keys.backups(profile), made);
      notify({ intent: "success", title: t(isNew ? "data.backed_up" : "data.backup_is_current") });
    },
  });
  const error = backups.error ?? backUp.error;
  return (
    <div className={styles.block}>
      <div className={styles.head}>
        <h3 className={styles.subtitle}>{t("data.backups")}</h3>
        <Button size="small" disabled={backUp.isPending} onClick={() => backUp.mutate()}>
          {t("data.back_up_now")}
        </Button>
      </div>
      <p className={styles.text}>{t("data.backups_text")}</p>
      {error && <Refusal error={error} />}
      {backups.data && backups.data.length > 0 ? (
        <List backups={backups.data} />
      ) : (
        backups.data && <p className={styles.text}>{t("data.no_backups")}</p>
      )}
    </div>
  );
}

function List({ backups }: { backups: BackupView[] }) {
  const { t, locale } = useWords();
  const command = useCommand();
  const notify = useNotify();
  const [chosen, setChosen] = useState<BackupView | null>(null);
  const restore = async ({ name, made_at }: BackupView) => {
    setChosen(null);
    if (await command("restore_backup", { name })) {
      notify({ intent: "success", title: t("data.restored", { time: dayAndTime(made_at, locale) }) });
    }
  };
  return (
    <>
      <Table size="small" className={styles.backups} aria-label={t("data.backups")}>
        <TableHeader>
          <TableRow>
            <TableHeaderCell>{t("data.made_at")}</TableHeaderCell>
            <TableHeaderCell>{t("data.made_because")}</TableHeaderCell>
            <TableHeaderCell>{t("data.referrals")}</TableHeaderCell>
            <TableHeaderCell>{t("data.size")}</TableHeaderCell>
            <TableHeaderCell>
              <span className="visually-hidden">{t("data.restore")}</span>
            </TableHeaderCell>
          </TableRow>
        </TableHeader>
        <TableBody>
          {backups.map((backup) => (
            <TableRow key={backup.name}>
              <TableCell>{dayAndTime(backup.made_at, locale)}</TableCell>
              <TableCell>{t(`data.cause.${backup.cause}`)}</TableCell>
              <TableCell>
                {backup.referrals === null ? t("data.unreadable") : count(backup.referrals, locale)}
              </TableCell>
              <TableCell>{amountOfData(backup.bytes, locale)}</TableCell>
              <TableCell>
                <Button
                  size="small"
                  disabled={backup.referrals === null}
                  aria-label={t("data.restore_this", { time: dayAndTime(backup.made_at, locale) })}
                  onClick={() => setChosen(backup)}
                >
                  {t("data.restore")}
                </Button>
              </TableCell>
            </TableRow>
          ))}
        </TableBody>
      </Table>
      <Confirmation
        open={chosen !== null}
        title={t("data.restore_title")}
        text={t("data.restore_text", { time: chosen ? dayAndTime(chosen.made_at, locale) : "" })}
        action={t("data.restore")}
        onConfirm={() => chosen && void restore(chosen)}
        onCancel={() => setChosen(null)}
      />
    </>
  );
}
