import { Button, Tooltip } from "@fluentui/react-components";
import { ArrowUndo20Regular } from "@fluentui/react-icons/headless/svg/arrow-undo";
import { useState } from "react";
import type { CompanyChange } from "../../api/bindings";
import { useCall } from "../../api/hooks";
import { Confirmation } from "../../components/Confirmation";
import { useFailure, useNotify } from "../../components/notices";
import { type Translate, useWords } from "../../i18n";
import { dayAndTime } from "../../i18n/format";
import { useLastChange } from "./companies";

const changeWords = ({ kind, referrals, company }: CompanyChange, t: Translate): string =>
  t(`companies.undo.${kind}`, { count: referrals, company: company ?? t("companies.undo.nameless") });

/** Takes back what a person last did to companies, after saying what that was. */
export function UndoChange() {
  const { t, locale } = useWords();
  const call = useCall();
  const notify = useNotify();
  const fail = useFailure();
  const change = useLastChange().data;
  const [asked, setAsked] = useState(false);
  const undo = async () => {
    setAsked(false);
    try {
      const undone = await call("undo_company_change", {});
      if (undone) notify({ intent: "success", title: t("companies.undo.done"), text: changeWords(undone, t) });
      else notify({ intent: "info", title: t("companies.undo.nothing") });
    } catch (thrown) {
      fail(thrown);
    }
  };
  return (
    <>
      <Tooltip content={t("companies.undo.button")} relationship="label">
        <Button icon={<ArrowUndo20Regular />} disabledFocusable={!change} onClick={() => change && setAsked(true)} />
      </Tooltip>
      <Confirmation
        open={asked}
        title={t("companies.undo.title")}
        text={
          change
            ? t("companies.undo.at", { what: changeWords(change, t), time: dayAndTime(change.changed_at, locale) })
            : t("companies.undo.nothing")
        }
        action={t("companies.undo.action")}
        onConfirm={() => void undo()}
        onCancel={() => setAsked(false)}
      />
    </>
  );
}
