import { ProgressBar } from "@fluentui/react-components";
import { CheckmarkCircle24Filled } from "@fluentui/react-icons/headless/svg/checkmark-circle";
import { ErrorCircle24Filled } from "@fluentui/react-icons/headless/svg/error-circle";
import { Server16Regular } from "@fluentui/react-icons/headless/svg/server";
import type { Checklist } from "../../api/bindings";
import { useSnapshot } from "../../api/hooks";
import { useWords } from "../../i18n";
import styles from "./Checklist.module.css";
import { itemsNamed, itemsOf, progressOf } from "./checklist";
import { ItemLinks } from "./ItemLinks";

type Props = { checklist: Checklist; onShow: () => void };

/** GO or NO-GO, how far it is, and each item that stands in the way. */
export function VerdictCard({ checklist, onShow }: Props) {
  const { t } = useWords();
  const { enabled, profile } = useSnapshot();
  const isOn = enabled && profile.kind !== "sample";
  const { verdict, environment, blocking, running } = checklist;
  const go = verdict === "GO";
  const { passed, required } = progressOf(itemsOf(checklist));
  const [checked] = running === null ? [] : itemsNamed(checklist, [running]);
  return (
    <section className={styles.card} aria-label={t("checklist.verdict")} data-verdict={verdict}>
      <div className={styles.verdictHead}>
        <span className={styles.verdict} data-testid="checklist-verdict" data-verdict={verdict}>
          {go ? <CheckmarkCircle24Filled aria-hidden="true" /> : <ErrorCircle24Filled aria-hidden="true" />}
          {verdict}
        </span>
        <p className={styles.verdictText}>
          {go
            ? t(isOn ? "checklist.go_on" : "checklist.go_off")
            : t(isOn ? "checklist.no_go_on" : "checklist.no_go_off", { count: blocking.length })}
        </p>
        <span className={styles.environment}>
          <Server16Regular aria-hidden="true" />
          {t("checklist.environment", { environment: t(`choice.environment.${environment}`) })}
        </span>
      </div>
      {required > 0 && (
        <div className={styles.progress}>
          <ProgressBar
            thickness="large"
            value={passed}
            max={required}
            color={go ? "success" : "brand"}
            aria-label={t("checklist.progress")}
            aria-valuetext={t("checklist.passed", { passed, count: required })}
          />
          <span className={styles.progressText}>
            {checked
              ? t("checklist.checking", { title: checked.title })
              : t("checklist.passed", { passed, count: required })}
          </span>
        </div>
      )}
      {blocking.length > 0 && (
        <div className={styles.inTheWay}>
          <h2 id="in-the-way" className={styles.inTheWayTitle}>
            {t("checklist.in_the_way")}
          </h2>
          <ul className={styles.groups} aria-labelledby="in-the-way">
            {checklist.phases
              .map((phase) => ({ phase, items: phase.items.filter(({ id }) => blocking.includes(id)) }))
              .filter(({ items }) => items.length > 0)
              .map(({ phase, items }) => (
                <li key={phase.id}>
                  <span className={styles.groupName}>{phase.title}</span>
                  <ItemLinks items={items} onShow={onShow} />
                </li>
              ))}
          </ul>
        </div>
      )}
    </section>
  );
}
