import { SearchBox } from "@fluentui/react-components";
import { useEffect, useRef } from "react";
import { useWords } from "../../i18n";
import { useFilters } from "../referrals/filters";
import styles from "./Frame.module.css";
import { goTo } from "./route";

export function SearchField() {
  const { t } = useWords();
  const { search, setSearch } = useFilters();
  const input = useRef<HTMLInputElement>(null);

  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      const typing =
        event.target instanceof Element && event.target.closest("input, textarea, select, [contenteditable]");
      const inDialog = document.querySelector('[role="dialog"], [role="alertdialog"]') !== null;
      const asked =
        (event.key === "/" && !typing) || (event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey));
      if (!asked || inDialog) return;
      event.preventDefault();
      input.current?.focus();
      input.current?.select();
    };
    document.addEventListener("keydown", onKeyDown);
    return () => document.removeEventListener("keydown", onKeyDown);
  }, []);

  return (
    <SearchBox
      ref={input}
      className={styles.search}
      aria-label={t("search.label")}
      aria-keyshortcuts="/ Control+K"
      placeholder={t("search.label")}
      value={search}
      dismiss={{ "aria-label": t("search.clear") }}
      onChange={(_, { value }) => {
        setSearch(value);
        if (value) goTo("referrals");
      }}
      onKeyDown={(event) => {
        if (event.key !== "Escape") return;
        if (search) setSearch("");
        else input.current?.blur();
      }}
    />
  );
}
