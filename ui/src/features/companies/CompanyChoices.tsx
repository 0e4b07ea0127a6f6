import { Radio, RadioGroup, SearchBox, Skeleton, SkeletonItem } from "@fluentui/react-components";
import { useId } from "react";
import type { ErrorBody } from "../../api/bindings";
import { Failure } from "../../components/states";
import { useWords } from "../../i18n";
import { percent } from "../../i18n/format";
import styles from "./Companies.module.css";
import { companyName } from "./companies";

/** From here on a name is called so, the first that fits. */
const LIKENESS = [
  ["same", 100],
  ["high", 90],
  ["middle", 60],
  ["low", 1],
] as const;

export type CompanyChoice = {
  company_id: number;
  name: string | null;
  domain: string;
  referrals: number;
  /** How much its name is like the one that is looked for, 0 to 100. */
  similarity?: number;
};

type Props = {
  typed: string;
  onType: (typed: string) => void;
  found: { data: CompanyChoice[] | undefined; error: ErrorBody | null; refetch: () => unknown };
  /** Why nothing was found. */
  none: string;
  chosen: number | null;
  onChoose: (company: CompanyChoice) => void;
};

/** Companies to choose one of, found by typing. */
export function CompanyChoices({ typed, onType, found, none, chosen, onChoose }: Props) {
  const { t } = useWords();
  const label = useId();
  return (
    <>
      <SearchBox
        className={styles.find}
        aria-label={t("companies.find.label")}
        placeholder={t("companies.find.label")}
        value={typed}
        dismiss={{ "aria-label": t("search.clear") }}
        onChange={(_, { value }) => onType(value)}
        // Enter looks for a company; it does not yet do anything with one.
        onKeyDown={(event) => event.key === "Enter" && event.preventDefault()}
      />
      {found.data ? (
        <div className={styles.choices}>
          <span id={label} className="visually-hidden">
            {t("companies.find.choices")}
          </span>
          <RadioGroup
            aria-labelledby={label}
            value={chosen === null ? "" : String(chosen)}
            onChange={(_, { value }) => {
              const company = found.data?.find(({ company_id }) => String(company_id) === value);
              if (company) onChoose(company);
            }}
          >
            {found.data.map((company) => (
              <Radio
                key={company.company_id}
                value={String(company.company_id)}
                label={<ChoiceLabel company={company} />}
              />
            ))}
          </RadioGroup>
          {found.data.length === 0 && (
            <p className={styles.hint} role="status">
              {none}
            </p>
          )}
        </div>
      ) : found.error ? (
        <Failure title={t("companies.failed_title")} error={found.error} onRetry={() => void found.refetch()} />
      ) : (
        <Skeleton aria-busy="true" aria-label={t("referrals.loading_row")}>
          <SkeletonItem size={64} />
        </Skeleton>
      )}
    </>
  );
}

function ChoiceLabel({ company }: { company: CompanyChoice }) {
  const { t, locale } = useWords();
  const { name, domain, referrals, similarity = 0 } = company;
  const alike = LIKENESS.find(([, least]) => similarity >= least)?.[0];
  const facts = [
    name === null ? null : domain,
    t("companies.find.referrals", { count: referrals }),
    alike && t(`companies.similarity.${alike}`, { percent: percent(similarity, locale) }),
  ];
  return (
    <span className={styles.choice}>
      <strong>{companyName(company)}</strong> <span className={styles.hint}>{facts.filter(Boolean).join(" · ")}</span>
    </span>
  );
}
