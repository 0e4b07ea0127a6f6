import { ChevronDown20Regular } from "@fluentui/react-icons/headless/svg/chevron-down";
import { ChevronRight20Regular } from "@fluentui/react-icons/headless/svg/chevron-right";
import { Hourglass16Regular } from "@fluentui/react-icons/headless/svg/hourglass";
import { useState } from "react";
import type { Checklist, Phase } from "../../api/bindings";
import { useWords } from "../../i18n";
import { PhaseBadge } from "./badges";
import styles from "./Checklist.module.css";
import { itemsNamed, progressOf } from "./checklist";
import { Item } from "./Item";
import { ItemLinks } from "./ItemLinks";
import { RunChecks } from "./RunChecks";

/** The item to show, and how often it was asked for. */
export type Wanted = { id: string | null; asked: number };

type Props = { phase: Phase; checklist: Checklist; wanted: Wanted | null; onShow: () => void };

/** A section of the checklist; one that has passed starts out folded. */
export function PhaseCard({ phase, checklist, wanted, onShow }: Props) {
  const { t } = useWords();
  const [open, setOpen] = useState(phase.status !== "pass");
  const [shown, setShown] = useState<Wanted | null>(null);
  if (wanted && (wanted.id !== shown?.id || wanted.asked !== shown?.asked)) {
    setShown(wanted);
    setOpen(true);
  }
  const { passed, required } = progressOf(phase.items);
  const waitsFor = itemsNamed(checklist, phase.waits_for);
  const actionsOnly = phase.items.every(({ how }) => how === "action");
  const ids = { title: `phase-${phase.id}`, items: `phase-${phase.id}-items` };
  return (
    <section className={styles.card} aria-labelledby={ids.title}>
      <header className={styles.phaseHead}>
        <h2 className={styles.phaseTitle}>
          <button
            id={ids.title}
            type="button"
            className={styles.fold}
            aria-expanded={open}
            aria-controls={ids.items}
            onClick={() => setOpen(!open)}
          >
            {open ? <ChevronDown20Regular aria-hidden="true" /> : <ChevronRight20Regular aria-hidden="true" />}
            {phase.title}
          </button>
        </h2>
        {required > 0 && (
          <span className={styles.phaseCount}>{t("checklist.passed_short", { passed, count: required })}</span>
        )}
        {!actionsOnly && <PhaseBadge status={phase.status} />}
        {phase.items.some(({ how }) => how === "automatic") && <RunChecks phase={phase} running={checklist.running} />}
      </header>
      {phase.status === "waiting" && (
        <div className={styles.waits}>
          <Hourglass16Regular aria-hidden="true" />
          <span>{t("checklist.waits_for")}</span>
          <ItemLinks items={waitsFor} onShow={onShow} />
        </div>
      )}
      <ul id={ids.items} className={styles.items} hidden={!open}>
        {phase.items.map((item) => (
          <Item
            key={item.id}
            item={item}
            running={checklist.running === item.id}
            asked={wanted?.id === item.id ? wanted.asked : 0}
          />
        ))}
      </ul>
    </section>
  );
}
