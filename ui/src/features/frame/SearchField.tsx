import { SearchBox } from "@fluentui/react-components";
import { useRef } from "react";
import { isPressed } from "../../components/strokes";
import { useWords } from "../../i18n";
import { useAskedFilters, useFilterActions } from "../referrals/filters";
import styles from "./Frame.module.css";
import { ariaKeys, keysByArea, useKeys } from "./keys";
import { goTo } from "./route";
import { focusContent } from "./SkipLink";

export function SearchField() {
  const { t } = useWords();
  const { search } = useAskedFilters();
  const { setSearch } = useFilterActions();
  const input = useRef<HTMLInputElement>(null);

  useKeys(keysByArea.anywhere.search, () => {
    input.current?.focus();
    input.current?.select();
  });

  return (
    <SearchBox
      ref={input}
      className={styles.search}
      aria-label={t("search.label")}
      aria-keyshortcuts={ariaKeys(...keysByArea.anywhere.search)}
      placeholder={t("search.label")}
      value={search}
      dismiss={{ "aria-label": t("search.clear") }}
      onChange={(_, { value }) => {
        setSearch(value);
        if (value) goTo("referrals");
      }}
      onKeyDown={(event) => {
        if (!isPressed(event, keysByArea.anywhere.leave)) return;
        if (search) setSearch("");
        else focusContent();
      }}
    />
  );
}
