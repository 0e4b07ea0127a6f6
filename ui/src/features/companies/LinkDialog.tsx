import { Field, Input } from "@fluentui/react-components";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import type { ReferralDetails } from "../../api/bindings";
import { useCall } from "../../api/hooks";
import { useDebounced } from "../../components/hooks";
import { useNotify } from "../../components/notices";
import { useWords } from "../../i18n";
import { ChoiceDialog } from "./ChoiceDialog";
import { type CompanyChoice, CompanyChoices } from "./CompanyChoices";
import { companyName, useCandidates } from "./companies";

const TYPING_PAUSE = 150;

/** What a referral is linked to: a company there is, or a domain. */
type Goal = { company: CompanyChoice; domain: null } | { company: null; domain: string };

/** Links a referral by hand: to a candidate, to a company that was searched for, or by a domain. */
export function LinkDialog({ referral, onClose }: { referral: ReferralDetails; onClose: () => void }) {
  const { t } = useWords();
  const call = useCall();
  const notify = useNotify();
  const [typed, setTyped] = useState("");
  const [goal, setGoal] = useState<Goal | null>(null);
  const search = useDebounced(typed.trim(), TYPING_PAUSE);
  const found = useCandidates(referral.referral_id, search || null);
  // What a search has put out of sight is not chosen any more.
  const isSeen = found.data?.some(({ company_id }) => company_id === goal?.company?.company_id);
  const seen = goal?.company && !isSeen ? null : goal;
  const link = useMutation({
    mutationFn: ({ company, domain }: Goal) =>
      call("link_referrals", { ids: [referral.referral_id], company: company?.company_id ?? null, domain }),
    onSuccess: (_, { company, domain }) => {
      const customer = referral.customer_name ?? t("referrals.unnamed");
      const name = company ? companyName(company) : (domain ?? "");
      notify({ intent: "success", title: t("companies.tie.done", { customer, company: name }) });
      onClose();
    },
  });
  return (
    <ChoiceDialog
      title={t("companies.tie.dialog")}
      action={t("companies.tie.action")}
      onAct={seen === null || link.isPending ? null : () => link.mutate(seen)}
      error={link.error}
      onClose={onClose}
    >
      <CompanyChoices
        typed={typed}
        onType={setTyped}
        found={found}
        none={t(search ? "companies.find.none" : "companies.find.none_similar")}
        chosen={seen?.company?.company_id ?? null}
        onChoose={(company) => setGoal({ company, domain: null })}
      />
      <Field label={t("companies.tie.domain")} hint={t("companies.tie.domain_hint")}>
        <Input
          spellCheck={false}
          autoComplete="off"
          value={seen?.domain ?? ""}
          onChange={(_, { value }) => {
            const domain = value.trim();
            setGoal(domain ? { company: null, domain } : null);
          }}
        />
      </Field>
    </ChoiceDialog>
  );
}
