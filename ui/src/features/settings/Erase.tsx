import { Button, Field, SpinButton } from "@fluentui/react-components";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useCall, useSnapshot } from "../../api/hooks";
import { keys } from "../../api/keys";
import { Confirmation } from "../../components/Confirmation";
import { useNotify } from "../../components/notices";
import { Refusal } from "../../components/Refusal";
import { useWords } from "../../i18n";
import styles from "./Data.module.css";
import settingsStyles from "./Settings.module.css";

const YEAR = 365;
const MOST_DAYS = 36_500;

/** Erases by age, or all of the account that is shown. */
export function Erase() {
  const { t } = useWords();
  const call = useCall();
  const notify = useNotify();
  const queries = useQueryClient();
  const { profile } = useSnapshot();
  const [days, setDays] = useState(YEAR);
  const [asked, setAsked] = useState<"old" | "all" | null>(null);
  const erase = useMutation({
    mutationFn: (older_than_days: number | null) => call("erase_data", { older_than_days }),
    onSuccess: ({ referrals, backups_rewritten, backups_removed, copies_removed }) => {
      void queries.invalidateQueries({ queryKey: keys.backups(profile.id) });
      notify({
        intent: "success",
        title: t("data.erased", { count: referrals }),
        text: t("data.erased_backups", { rewritten: backups_rewritten, removed: backups_removed + copies_removed }),
      });
    },
  });
  const confirm = () => {
    erase.mutate(asked === "old" ? days : null);
    setAsked(null);
  };
  const account = profile.account ?? t(profile.kind === "sample" ? "bars.sample" : "data.this_account");
  return (
    <section className={settingsStyles.group} aria-labelledby="data-erase">
      <h2 id="data-erase" className={settingsStyles.groupTitle}>
        {t("data.erase")}
      </h2>
      <p className={settingsStyles.groupText}>{t("data.erase_text")}</p>
      <div className={styles.erase}>
        <Field label={t("data.erase_days")}>
          <SpinButton
            value={days}
            min={1}
            max={MOST_DAYS}
            onChange={(_, { value, displayValue }) => {
              const typed = value ?? Number.parseInt(displayValue ?? "", 10);
              if (typed >= 1 && typed <= MOST_DAYS) setDays(typed);
            }}
          />
        </Field>
        <Button disabled={erase.isPending} onClick={() => setAsked("old")}>
          {t("data.erase_old")}
        </Button>
        <Button disabled={erase.isPending} onClick={() => setAsked("all")}>
          {t("data.erase_all")}
        </Button>
      </div>
      {erase.error && <Refusal error={erase.error} />}
      <Confirmation
        open={asked !== null}
        title={t(asked === "all" ? "data.erase_all_title" : "data.erase_old_title")}
        text={asked === "all" ? t("data.erase_all_text", { account }) : t("data.erase_old_text", { count: days })}
        action={t("data.erase")}
        final
        onConfirm={confirm}
        onCancel={() => setAsked(null)}
      />
    </section>
  );
}
