import { Button, MessageBar, MessageBarActions, MessageBarBody, MessageBarTitle } from "@fluentui/react-components";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useSettings, useSnapshot } from "../../api/hooks";
import { keys } from "../../api/keys";
import { Confirmation } from "../../components/Confirmation";
import { useCommand } from "../../components/notices";
import { useWords } from "../../i18n";
import { lockWords } from "../settings/words";
import styles from "./Companies.module.css";

const SETTING = "enrichment.enabled";

/** While scans are off: what one does, and the way to turn them on. */
export function ScansOff() {
  const { t } = useWords();
  const { enrichment } = useSnapshot();
  const command = useCommand();
  const queries = useQueryClient();
  const setting = useSettings().data?.find(({ key }) => key === SETTING);
  const lock = setting ? lockWords(setting, t) : null;
  const [asked, setAsked] = useState(false);
  const turnOn = async () => {
    setAsked(false);
    await command("set_setting", { key: SETTING, value: "true" });
    await queries.invalidateQueries({ queryKey: keys.settings() });
  };
  if (enrichment) return null;
  return (
    <>
      <MessageBar className={styles.off}>
        <MessageBarBody>
          <MessageBarTitle>{t("companies.off.title")}</MessageBarTitle>
          {t("companies.off.text")}
          {lock && ` ${lock}.`}
        </MessageBarBody>
        {!lock && (
          <MessageBarActions>
            <Button size="small" onClick={() => setAsked(true)}>
              {t("companies.off.turn_on")}
            </Button>
          </MessageBarActions>
        )}
      </MessageBar>
      <Confirmation
        open={asked}
        title={t("companies.off.confirm_title")}
        text={t("companies.off.confirm_text")}
        action={t("companies.off.confirm")}
        onConfirm={() => void turnOn()}
        onCancel={() => setAsked(false)}
      />
    </>
  );
}
