import type { CompanyDetails, DmarcPolicy } from "../../api/bindings";
import { CopyButton } from "../../components/CopyButton";
import { panelStyles } from "../../components/SidePanel";
import { type Translate, useWords } from "../../i18n";
import { AnswerBadge } from "./badges";
import styles from "./Companies.module.css";
import type { Told } from "./signals";

/** What the name servers say about the domain, question by question. */
export function SignalList({ company: { signals } }: { company: CompanyDetails }) {
  const { t } = useWords();
  if (!signals) return <p className={panelStyles.nothing}>{t("companies.signals.none")}</p>;
  const { mx, spf, dmarc, dkim, ns, tenant } = signals;
  return (
    <>
      <Signal title={t("companies.signal.mx")} told={mx}>
        {(hosts) => <Records records={hosts} />}
      </Signal>
      <Signal title={t("companies.signal.spf")} told={spf}>
        {({ is_valid, includes, record }) => (
          <>
            <p className={styles.prose}>
              {t(is_valid ? "companies.signals.spf_valid" : "companies.signals.spf_invalid")}
              {includes > 0 && ` ${t("companies.signals.spf_includes", { count: includes })}`}
            </p>
            <PublishedText text={record} what={t("companies.signals.record")} />
          </>
        )}
      </Signal>
      <Signal title={t("companies.signal.dmarc")} told={dmarc}>
        {({ policy, record }) => (
          <>
            <p className={styles.prose}>{policyWords(policy, t)}</p>
            <PublishedText text={record} what={t("companies.signals.dmarc_record")} />
          </>
        )}
      </Signal>
      <Signal title={t("companies.signal.dkim")} told={dkim} absent={t("companies.signals.dkim_absent")}>
        {(selectors) => (
          <>
            <p className={styles.prose}>{t("companies.signals.dkim_found")}</p>
            <Records records={selectors} />
          </>
        )}
      </Signal>
      <Signal title={t("companies.signal.ns")} told={ns}>
        {(servers) => <Records records={servers} />}
      </Signal>
      <Signal title={t("companies.signal.tenant")} told={tenant}>
        {({ name, evidence }) => (
          <>
            <p className={styles.prose}>{t("companies.signals.tenant_found")}</p>
            <Records records={[...(name ? [name] : []), ...evidence.map((word) => evidenceWords(word, t))]} />
          </>
        )}
      </Signal>
    </>
  );
}

type SignalProps<Value> = {
  title: string;
  told: Told<Value>;
  /** What it means that there is none, where that needs words of its own. */
  absent?: string;
  children: (value: Value) => React.ReactNode;
};

function Signal<Value>({ title, told, absent, children }: SignalProps<Value>) {
  const { t } = useWords();
  return (
    <section className={styles.signal} aria-label={title}>
      <div className={styles.signalHead}>
        <h3 className={panelStyles.groupTitle}>{title}</h3>
        <AnswerBadge answer={told.answer} />
      </div>
      {told.answer === "found" ? (
        children(told.value)
      ) : (
        <p className={styles.prose}>
          {told.answer === "absent" && absent ? absent : t(`companies.answer_long.${told.answer}`)}
        </p>
      )}
    </section>
  );
}

function Records({ records }: { records: string[] }) {
  return (
    <ul className={styles.records}>
      {records.map((record) => (
        <li key={record}>{record}</li>
      ))}
    </ul>
  );
}

function PublishedText({ text, what }: { text: string; what: string }) {
  return (
    <div className={styles.record}>
      <code>{text}</code>
      <CopyButton text={text} what={what} />
    </div>
  );
}

function policyWords(policy: DmarcPolicy, t: Translate): string {
  const known = (["none", "quarantine", "reject"] as const).find((word) => word === policy);
  if (known) return t(`companies.policy.${known}`);
  return policy === "" ? t("companies.signals.policy_missing") : t("companies.signals.policy_unknown", { policy });
}

const EVIDENCE = ["mx", "spf", "verification", "dkim", "autodiscover", "device_registration"] as const;

function evidenceWords(word: string, t: Translate): string {
  const known = EVIDENCE.find((one) => one === word);
  return known ? t(`companies.evidence.${known}`) : word;
}
