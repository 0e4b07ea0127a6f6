import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import type { CompanyDetails } from "../../api/bindings";
import { useCall } from "../../api/hooks";
import { useDebounced } from "../../components/hooks";
import { useNotify } from "../../components/notices";
import { useWords } from "../../i18n";
import { ChoiceDialog } from "./ChoiceDialog";
import styles from "./Companies.module.css";
import { type CompanyChoice, CompanyChoices } from "./CompanyChoices";
import { companyName, useFoundCompanies } from "./companies";

const TYPING_PAUSE = 150;
const MOST = 20;

/** Joins another company with this one. */
export function MergeDialog({ company, onClose }: { company: CompanyDetails; onClose: () => void }) {
  const { t } = useWords();
  const call = useCall();
  const notify = useNotify();
  const [typed, setTyped] = useState("");
  const [chosen, setChosen] = useState<CompanyChoice | null>(null);
  const search = useDebounced(typed.trim(), TYPING_PAUSE);
  const found = useFoundCompanies({ search: search || null, sort: "name:asc", limit: MOST });
  const others = found.data?.rows.filter(({ company_id }) => company_id !== company.company_id);
  // What a search has put out of sight is not chosen any more.
  const seen = others?.some(({ company_id }) => company_id === chosen?.company_id) ? chosen : null;
  const name = companyName(company);
  const merge = useMutation({
    mutationFn: (other: CompanyChoice) =>
      call("merge_companies", { into: company.company_id, from: [other.company_id] }),
    onSuccess: (_, other) => {
      notify({ intent: "success", title: t("companies.merge.done", { other: companyName(other), name }) });
      onClose();
    },
  });
  return (
    <ChoiceDialog
      title={t("companies.merge.title")}
      action={t("companies.merge.action")}
      onAct={seen === null || merge.isPending ? null : () => merge.mutate(seen)}
      error={merge.error}
      onClose={onClose}
    >
      <p className={styles.prose}>{t("companies.merge.text", { name })}</p>
      <CompanyChoices
        typed={typed}
        onType={setTyped}
        found={{ ...found, data: others }}
        none={t("companies.find.none")}
        chosen={seen?.company_id ?? null}
        onChoose={setChosen}
      />
    </ChoiceDialog>
  );
}
