import { Checkbox, Field, Input, Select } from "@fluentui/react-components";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Choices } from "../../api/bindings";
import { useCall, useSnapshot } from "../../api/hooks";
import { keys } from "../../api/keys";
import { withoutChips } from "../../components/Chips";
import { ChoiceGroup, FilterMenu, filterStyles as styles } from "../../components/FilterMenu";
import { Failure } from "../../components/states";
import { term, useWords } from "../../i18n";
import { countryName, money } from "../../i18n/format";
import { SEGMENTS, segmentWord } from "../companies/filter";
import { ScoreField } from "../companies/ScoreField";
import { readAmount } from "./amount";
import { currencyWord, STATUSES, toggleValue, valuesOf } from "./filter";
import { filterChips } from "./filterChips";
import { useAskedFilters, useFilterActions, useFilters } from "./filters";

const KINDS = ["co-sell", "marketplace", "solution-provider", "other"];
/** Linked is linked, by whatever way. */
const LINKED = ["auto_linked", "linked_manually"];
const FLAGS = ["mine", "starred", "unseen", "contact_wanted"] as const;

export function ReferralFilters() {
  const { t, locale } = useWords();
  // The button is drawn with the rows; only fields cannot wait for them.
  const { filter } = useFilters();
  const { setFilter } = useFilterActions();
  const chips = filterChips(filter, t, locale);
  return (
    <FilterMenu chosen={chips.length} onClear={() => setFilter(withoutChips(chips))}>
      <Fields />
    </FilterMenu>
  );
}

function Fields() {
  const { t, locale } = useWords();
  const { filter } = useAskedFilters();
  const { setFilter } = useFilterActions();
  const call = useCall();
  const profile = useSnapshot().profile.id;
  const choices = useQuery({ queryKey: keys.choices(profile), queryFn: () => call("choices", {}) });
  const link = valuesOf(filter.link);
  const group = (name: keyof Choices, word: (value: string) => string) => (
    <ChoiceGroup
      name={t(`filters.${name}`)}
      choices={choices.data?.[name]}
      chosen={valuesOf(filter[name])}
      word={word}
      onToggle={(value) => setFilter({ [name]: toggleValue(filter[name], value) })}
    />
  );

  return (
    <>
      <div className={styles.fields}>
        <div className={styles.column}>
          <Field label={t("filters.status")} size="small">
            <Select size="small" value={filter.status ?? ""} onChange={(_, { value }) => setFilter({ status: value })}>
              {STATUSES.map((status) => (
                <option key={status} value={status}>
                  {t(`referrals.tab.${status}`)}
                </option>
              ))}
            </Select>
          </Field>
          <fieldset className={styles.group}>
            <legend>{t("filters.marks")}</legend>
            {FLAGS.map((name) => (
              <Checkbox
                key={name}
                size="medium"
                label={t(`filters.${name}`)}
                checked={filter[name] === true}
                onChange={(_, { checked }) => setFilter({ [name]: checked === true })}
              />
            ))}
          </fieldset>
          <Days />
          <div className={styles.pair}>
            <AmountField name="min_value" />
            <AmountField name="max_value" />
          </div>
          {group("currency", (code) => currencyWord(code, t))}
        </div>
        <div className={styles.column}>
          <ChoiceGroup
            name={t("filters.kind")}
            choices={KINDS.map((value) => ({ value, referrals: null }))}
            chosen={valuesOf(filter.kind)}
            word={(kind) => term(t, "kind_long", kind)}
            onToggle={(value) => setFilter({ kind: toggleValue(filter.kind, value) })}
          />
          <ChoiceGroup
            name={t("filters.segment")}
            choices={SEGMENTS.map((value) => ({ value, referrals: null }))}
            chosen={valuesOf(filter.segment)}
            word={(value) => segmentWord(value, t)}
            onToggle={(value) => setFilter({ segment: toggleValue(filter.segment, value) })}
          />
          <ScoreField
            label={t("filters.min_score")}
            value={filter.min_score}
            onChange={(min_score) => setFilter({ min_score })}
          />
          {group("substatus", (word) => term(t, "substatus", word))}
          {group("qualification", (word) => term(t, "qualification", word))}
        </div>
        <div className={styles.column}>
          <ChoiceGroup
            name={t("filters.link")}
            choices={["auto_linked", "unlinked", "multi_candidate"].map((value) => ({ value, referrals: null }))}
            chosen={link.map((value) => (LINKED.includes(value) ? "auto_linked" : value))}
            word={(word) => term(t, "link", word)}
            onToggle={(value) => {
              if (value !== "auto_linked") setFilter({ link: toggleValue(filter.link, value) });
              else {
                const others = link.filter((held) => !LINKED.includes(held));
                setFilter({ link: [...others, ...(others.length < link.length ? [] : LINKED)].join() });
              }
            }}
          />
          {group("direction", (word) => term(t, "direction", word))}
          {group("country", (code) => countryName(code, locale))}
        </div>
      </div>
      {choices.isError && (
        <Failure
          title={t("filters.failed_title")}
          error={choices.error}
          onRetry={() => {
            void choices.refetch();
          }}
        />
      )}
    </>
  );
}

function Days() {
  const { t } = useWords();
  const { filter } = useAskedFilters();
  const { setFilter } = useFilterActions();
  return (
    <Field label={t("filters.expiring")} size="small">
      <Input
        size="small"
        type="number"
        min={1}
        max={365}
        value={filter.expiring?.toString() ?? ""}
        onChange={(_, { value }) => {
          const days = Number(value);
          if (value === "" || days === 0) setFilter({ expiring: null });
          else if (Number.isSafeInteger(days) && days > 0 && days <= 365) setFilter({ expiring: days });
        }}
      />
    </Field>
  );
}

/** An amount as people write it; what cannot be read as one filters nothing and says so. */
function AmountField({ name }: { name: "min_value" | "max_value" }) {
  const { t, locale } = useWords();
  const { filter } = useAskedFilters();
  const { setFilter } = useFilterActions();
  const held = filter[name] ?? null;
  const [typed, setTyped] = useState({ text: held === null ? "" : money(held, null, locale), held });
  if (typed.held !== held) setTyped({ text: held === null ? "" : money(held, null, locale), held });
  const wrong = typed.text.trim() !== "" && readAmount(typed.text, locale) === null;
  return (
    <Field
      label={t(`filters.${name}`)}
      size="small"
      validationMessage={wrong ? t("filters.no_amount", { example: money("1500.5", null, locale) }) : undefined}
    >
      <Input
        size="small"
        inputMode="decimal"
        value={typed.text}
        onChange={(_, { value }) => {
          const amount = readAmount(value, locale);
          setTyped({ text: value, held: amount });
          setFilter({ [name]: amount });
        }}
      />
    </Field>
  );
}
