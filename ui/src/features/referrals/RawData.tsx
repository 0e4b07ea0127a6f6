import { SearchBox, Skeleton, SkeletonItem } from "@fluentui/react-components";
import { useDeferredValue, useMemo, useState } from "react";
import type { ReferralDetails } from "../../api/bindings";
import { useRawReferral } from "../../api/hooks";
import { CopyButton } from "../../components/CopyButton";
import { Failure } from "../../components/states";
import { useWords } from "../../i18n";
import styles from "./Details.module.css";
import { indentJson, splitMatches } from "./json";

export function RawData({ referral }: { referral: ReferralDetails }) {
  const { t } = useWords();
  const raw = useRawReferral(referral.referral_id);
  const [find, setFind] = useState("");
  const wanted = useDeferredValue(find);
  const pretty = useMemo(() => indentJson(raw.data ?? ""), [raw.data]);
  const pieces = useMemo(() => splitMatches(pretty, wanted), [pretty, wanted]);

  if (raw.isError) {
    return <Failure title={t("details.failed_title")} error={raw.error} onRetry={() => void raw.refetch()} />;
  }
  if (raw.data === undefined) {
    return (
      <Skeleton aria-busy="true">
        <SkeletonItem size={128} />
      </Skeleton>
    );
  }
  return (
    <>
      <div className={styles.rawBar}>
        <SearchBox
          className={styles.rawFind}
          size="small"
          aria-label={t("details.raw_find")}
          placeholder={t("details.raw_find")}
          value={find}
          onChange={(_, { value }) => setFind(value)}
        />
        <span className={styles.rawHits} role="status">
          {wanted && t("details.raw_hits", { count: (pieces.length - 1) / 2 })}
        </span>
        <CopyButton text={raw.data} what={t("details.raw_what")} />
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling text must be reachable by keyboard */}
      <section className={styles.raw} tabIndex={0} aria-label={t("details.pane.raw")}>
        <pre>
          {pieces.map((piece, place) =>
            // biome-ignore lint/suspicious/noArrayIndexKey: pieces of one text have no other name
            place % 2 === 1 ? <mark key={place}>{piece}</mark> : piece,
          )}
        </pre>
      </section>
    </>
  );
}
