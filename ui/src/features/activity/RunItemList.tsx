import { Link, Select, Skeleton, SkeletonItem } from "@fluentui/react-components";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useRef, useState } from "react";
import type { ItemOutcome, RunItem, Summary } from "../../api/bindings";
import { Failure } from "../../components/states";
import { term, useWords } from "../../i18n";
import { count } from "../../i18n/format";
import { useSelections } from "../frame/selection";
import { Changes } from "../referrals/Changes";
import styles from "./Activity.module.css";
import { OutcomeBadge } from "./badges";
import { type OutcomeFilter, outcomeCounts, useRunItems } from "./runs";

const ESTIMATED_HEIGHT = 72;

/** What became of every referral that a run touched; those that did not change are only counted. */
export function RunItemList({ run }: { run: Summary }) {
  const { t, locale } = useWords();
  const [filter, setFilter] = useState<OutcomeFilter>("all");
  const rows = useRunItems(run.run_id, filter);
  const scroller = useRef<HTMLElement>(null);
  const virtualizer = useVirtualizer({
    count: rows.total ?? 0,
    getScrollElement: () => scroller.current,
    estimateSize: () => ESTIMATED_HEIGHT,
    overscan: 4,
    useFlushSync: false,
  });
  const first = virtualizer.range?.startIndex ?? 0;
  const last = virtualizer.range?.endIndex ?? 0;
  const { onRange } = rows;
  useEffect(() => onRange(first, last), [onRange, first, last]);
  const counts = Object.entries(outcomeCounts(run)).filter(([, amount]) => amount > 0) as Array<[ItemOutcome, number]>;
  const all = counts.reduce((sum, [, amount]) => sum + amount, 0);

  return (
    <>
      <Select
        className={styles.filter}
        size="small"
        aria-label={t("run.filter")}
        value={filter}
        onChange={(_, { value }) => setFilter(value as OutcomeFilter)}
      >
        <option value="all">{t("run.filter_all", { amount: count(all, locale) })}</option>
        {counts.map(([outcome, amount]) => (
          <option key={outcome} value={outcome}>
            {t("run.filter_outcome", { outcome: t(`details.outcome.${outcome}`), amount: count(amount, locale) })}
          </option>
        ))}
      </Select>
      {run.unchanged > 0 && <p className={styles.hint}>{t("run.unchanged_hint", { count: run.unchanged })}</p>}
      {rows.error && rows.total === undefined ? (
        <Failure title={t("run.failed_title")} error={rows.error} onRetry={rows.retry} />
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling list must be reachable by keyboard
        <section ref={scroller} className={styles.items} tabIndex={0} aria-label={t("run.pane.items")}>
          <ol style={{ height: virtualizer.getTotalSize() }}>
            {virtualizer.getVirtualItems().map(({ index, start }) => {
              const row = rows.rowAt(index);
              return (
                <li
                  key={index}
                  ref={virtualizer.measureElement}
                  data-index={index}
                  aria-setsize={rows.total ?? -1}
                  aria-posinset={index + 1}
                  style={{ transform: `translateY(${start}px)` }}
                >
                  {row ? (
                    <Item item={row.item} />
                  ) : (
                    <Skeleton aria-busy="true" aria-label={t("referrals.loading_row")}>
                      <SkeletonItem size={40} />
                    </Skeleton>
                  )}
                </li>
              );
            })}
          </ol>
        </section>
      )}
    </>
  );
}

function Item({ item }: { item: RunItem }) {
  const { t } = useWords();
  return (
    <div className={styles.item}>
      <OutcomeBadge outcome={item.outcome} />
      <ItemName item={item} />
      {item.reason && <span className={styles.itemReason}>{term(t, "reason", item.reason)}</span>}
      <Changes changes={item.changes} />
    </div>
  );
}

/** Leads to the referral, where it is stored; one that was left out is not. */
function ItemName({ item: { referral_id, name } }: { item: RunItem }) {
  const { t } = useWords();
  const { openReferral } = useSelections();
  if (referral_id === null) return <span className={styles.itemName}>{t("run.no_id")}</span>;
  if (name === null) return <span className={styles.itemName}>{referral_id}</span>;
  return (
    <Link className={styles.itemName} onClick={() => openReferral(referral_id)}>
      {name}
    </Link>
  );
}
