import { Button } from "@fluentui/react-components";
import type { CompanyDetails, MergedCompany } from "../../api/bindings";
import { Note } from "../../components/Note";
import { useCommand, useNotify } from "../../components/notices";
import { ReturnFocus } from "../../components/ReturnFocus";
import { Facts, panelStyles } from "../../components/SidePanel";
import { useWords } from "../../i18n";
import { companySize, country, dayAndTime } from "../../i18n/format";
import { Breakdown } from "./Breakdown";
import styles from "./Companies.module.css";
import { companyName, useCompanyNote } from "./companies";
import { Score } from "./Score";

/** What the company is, what it is worth and why. */
export function Overview({ company }: { company: CompanyDetails }) {
  const { t, locale } = useWords();
  const { company_id, note, noted_at, merged, scanned_at } = company;
  return (
    <>
      <Note place={useCompanyNote(company_id)} note={note} notedAt={noted_at} name={companyName(company)} />
      <ScoreWithReasons company={company} />
      <Facts
        title={t("companies.panel.section")}
        facts={[
          [t("column.domain"), company.domain, "copy"],
          [t("companies.column.provider"), company.provider && t(`companies.provider.${company.provider}`)],
          [t("companies.panel.tenant"), company.tenant, "copy"],
          [t("details.country"), company.country && country(company.country, locale)],
          [t("companies.panel.size"), company.size && companySize(company.size, t, locale)],
          [t("companies.panel.scanned"), scanned_at && dayAndTime(scanned_at, locale)],
        ]}
      />
      {merged.length > 0 && <Merged companies={merged} />}
    </>
  );
}

function ScoreWithReasons({ company }: { company: CompanyDetails }) {
  const { t } = useWords();
  const { score, segment, parts, scanned_at, is_complete } = company;
  return (
    <section className={panelStyles.group} aria-label={t("companies.score.title")}>
      <h3 className={panelStyles.groupTitle}>{t("companies.score.title")}</h3>
      {score === null ? (
        <p className={styles.prose}>
          {t(scanned_at === null && parts.length === 0 ? "companies.score.none" : "companies.score.none_scanned")}
        </p>
      ) : (
        <>
          <Score score={score} />
          {segment && <p className={styles.prose}>{t(`companies.segment_long.${segment}`)}</p>}
          <Breakdown parts={parts} total={score} />
          {!is_complete && <p className={styles.hint}>{t("companies.score.incomplete")}</p>}
        </>
      )}
    </section>
  );
}

function Merged({ companies }: { companies: MergedCompany[] }) {
  const { t } = useWords();
  const command = useCommand();
  const notify = useNotify();
  const split = async (company: MergedCompany) => {
    if (!(await command("split_company", { id: company.company_id }))) return;
    notify({ intent: "success", title: t("companies.merged.taken_out", { name: companyName(company) }) });
  };
  return (
    <section className={panelStyles.group} aria-label={t("companies.merged.title")}>
      <h3 className={panelStyles.groupTitle}>{t("companies.merged.title")}</h3>
      <ul className={styles.merged}>
        {companies.map((company) => (
          <li key={company.company_id}>
            <span className={styles.mergedName}>
              {companyName(company)}
              {company.name && <span className={styles.hint}>{company.domain}</span>}
            </span>
            <Button
              size="small"
              aria-label={t("companies.merged.split_named", { name: companyName(company) })}
              onClick={() => void split(company)}
            >
              {t("companies.merged.split")}
            </Button>
            <ReturnFocus />
          </li>
        ))}
      </ul>
    </section>
  );
}
