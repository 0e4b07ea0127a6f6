import { Button, SearchBox, Skeleton, SkeletonItem, Tooltip } from "@fluentui/react-components";
import { ChevronDown16Regular } from "@fluentui/react-icons/headless/svg/chevron-down";
import { ChevronUp16Regular } from "@fluentui/react-icons/headless/svg/chevron-up";
import { useDeferredValue, useMemo, useState } from "react";
import type { ReferralDetails } from "../../api/bindings";
import { useRawReferral } from "../../api/hooks";
import { CopyButton } from "../../components/CopyButton";
import { Failure } from "../../components/states";
import { useWords } from "../../i18n";
import styles from "./Details.module.css";
import { JsonTree } from "./JsonTree";
import { findMatches, holdersOf, holdsOthers, readJson } from "./json";

export function RawData({ referral }: { referral: ReferralDetails }) {
  const { t } = useWords();
  const raw = useRawReferral(referral.referral_id);
  if (raw.data !== undefined) return <Payload key={raw.data} text={raw.data} />;
  if (raw.isError) {
    return <Failure title={t("details.failed_title")} error={raw.error} onRetry={() => void raw.refetch()} />;
  }
  return (
    <Skeleton aria-busy="true" aria-label={t("referrals.loading_row")}>
      <SkeletonItem size={128} />
    </Skeleton>
  );
}

const NOTHING: ReadonlySet<number> = new Set();

/** The payload as received, to search and to fold. */
function Payload({ text }: { text: string }) {
  const { t } = useWords();
  const nodes = useMemo(() => readJson(text), [text]);
  const [folded, setFolded] = useState(NOTHING);
  const [find, setFind] = useState("");
  const wanted = useDeferredValue(find);
  const matches = useMemo(() => findMatches(nodes, wanted), [nodes, wanted]);
  const [current, setCurrent] = useState(0);
  const [searched, setSearched] = useState("");

  const unfold = (ids: number[]) => setFolded(new Set([...folded].filter((id) => !ids.includes(id))));
  if (searched !== wanted) {
    setSearched(wanted);
    setCurrent(0);
    if (folded.size > 0) unfold([...new Set(matches.flatMap(({ node }) => holdersOf(nodes, node)))]);
  }
  const step = (by: number) => {
    if (matches.length === 0) return;
    const next = (current + by + matches.length) % matches.length;
    setCurrent(next);
    unfold(holdersOf(nodes, matches[next]?.node ?? 0));
  };

  const foldable = useMemo(() => nodes.filter((node) => holdsOthers(node) && node.level > 0), [nodes]);
  const foldAll = folded.size === 0;

  return (
    <>
      <div className={styles.rawTools}>
        <div className={styles.rawBar}>
          <SearchBox
            className={styles.rawFind}
            size="small"
            aria-label={t("details.raw_find")}
            placeholder={t("details.raw_find")}
            value={find}
            dismiss={{ "aria-label": t("search.clear") }}
            onChange={(_, { value }) => setFind(value)}
            onKeyDown={(event) => {
              if (event.key === "Enter") step(event.shiftKey ? -1 : 1);
              else if (event.key === "Escape" && find) setFind("");
              else return;
              event.preventDefault();
            }}
          />
          <Step label={t("details.raw_previous")} disabled={matches.length === 0} onClick={() => step(-1)}>
            <ChevronUp16Regular />
          </Step>
          <Step label={t("details.raw_next")} disabled={matches.length === 0} onClick={() => step(1)}>
            <ChevronDown16Regular />
          </Step>
        </div>
        <div className={styles.rawBar}>
          <span className={styles.rawHits} role="status">
            {wanted &&
              (matches.length === 0
                ? t("details.raw_no_hit")
                : t("details.raw_hits", { place: current + 1, count: matches.length }))}
          </span>
          {foldable.length > 0 && (
            <Button
              appearance="subtle"
              size="small"
              onClick={() => setFolded(foldAll ? new Set(foldable.map(({ id }) => id)) : NOTHING)}
            >
              {foldAll ? t("details.raw_fold_all") : t("details.raw_unfold_all")}
            </Button>
          )}
          <CopyButton text={text} what={t("details.raw_what")} />
        </div>
      </div>
      <JsonTree
        label={t("details.pane.raw")}
        nodes={nodes}
        folded={folded}
        onFold={(id, fold) => {
          const next = new Set(folded);
          if (fold) next.add(id);
          else next.delete(id);
          setFolded(next);
        }}
        matches={matches}
        current={current}
      />
    </>
  );
}

type StepProps = { label: string; disabled: boolean; onClick: () => void; children: React.ReactElement };

function Step({ label, disabled, onClick, children }: StepProps) {
  return (
    <Tooltip content={label} relationship="label">
      <Button appearance="subtle" size="small" icon={children} disabledFocusable={disabled} onClick={onClick} />
    </Tooltip>
  );
}
