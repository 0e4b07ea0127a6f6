import {
  Button,
  Checkbox,
  CounterBadge,
  Field,
  Input,
  Popover,
  PopoverSurface,
  PopoverTrigger,
  Select,
} from "@fluentui/react-components";
import { Filter20Regular } from "@fluentui/react-icons/svg/filter";
import { useQuery } from "@tanstack/react-query";
import { useId, useState } from "react";
import type { Choice, Choices } from "../../api/bindings";
import { useCall, useSnapshot } from "../../api/hooks";
import { keys } from "../../api/keys";
import { Failure } from "../../components/states";
import { term, useWords } from "../../i18n";
import { count, countryName, money } from "../../i18n/format";
import { readAmount } from "./amount";
import styles from "./FilterMenu.module.css";
import { STATUSES, toggleValue, valuesOf } from "./filter";
import { filterChips, withoutChips } from "./filterChips";
import { useFilters } from "./filters";
import looks from "./Referrals.module.css";

const KINDS = ["co-sell", "marketplace", "solution-provider", "other"];
/** Linked is linked, by whatever way. */
const LINKED = ["auto_linked", "linked_manually"];
const FLAGS = ["mine", "starred", "unseen", "contact_wanted"] as const;

export function FilterMenu() {
  const { t, locale } = useWords();
  const { filter } = useFilters();
  const [open, setOpen] = useState(false);
  const chosen = filterChips(filter, t, locale).length;
  return (
    <Popover
      open={open}
      onOpenChange={(_, change) => setOpen(change.open)}
      positioning={{ position: "below", align: "end", autoSize: "height", overflowBoundaryPadding: 8 }}
      trapFocus
    >
      <PopoverTrigger disableButtonEnhancement>
        <Button appearance="subtle" icon={<Filter20Regular />} aria-label={t("filters.button")}>
          <span className={looks.buttonText}>{t("filters.button")}</span>
          {chosen > 0 && <CounterBadge className={styles.chosen} size="small" count={chosen} />}
        </Button>
      </PopoverTrigger>
      <PopoverSurface className={styles.surface} aria-label={t("filters.label")}>
        <Fields onDone={() => setOpen(false)} />
      </PopoverSurface>
    </Popover>
  );
}

function Fields({ onDone }: { onDone: () => void }) {
  const { t, locale } = useWords();
  const { filter, setFilter } = useFilters();
  const call = useCall();
  const profile = useSnapshot().profile.id;
  const choices = useQuery({ queryKey: keys.choices(profile), queryFn: () => call("choices", {}) });
  const chips = filterChips(filter, t, locale);
  const link = valuesOf(filter.link);
  const group = (name: keyof Choices, word: (value: string) => string) => (
    <Group
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
          {group("currency", (code) => code)}
        </div>
        <div className={styles.column}>
          <Group
            name={t("filters.kind")}
            choices={KINDS.map((value) => ({ value, referrals: null }))}
            chosen={valuesOf(filter.kind)}
            word={(kind) => term(t, "kind_long", kind)}
            onToggle={(value) => setFilter({ kind: toggleValue(filter.kind, value) })}
          />
          {group("substatus", (word) => term(t, "substatus", word))}
          {group("qualification", (word) => term(t, "qualification", word))}
        </div>
        <div className={styles.column}>
          <Group
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
      <footer className={styles.footer}>
        <Button
          size="small"
          disabledFocusable={chips.length === 0}
          onClick={() => chips.length > 0 && setFilter(withoutChips(chips))}
        >
          {t("filters.clear")}
        </Button>
        <Button size="small" appearance="primary" onClick={onDone}>
          {t("filters.done")}
        </Button>
      </footer>
    </>
  );
}

type GroupProps = {
  name: string;
  choices: Array<{ value: Choice["value"]; referrals: number | null }> | undefined;
  chosen: string[];
  word: (value: string) => string;
  onToggle: (value: string) => void;
};

/** Values to choose several of; one that is chosen stays in the list even if no referral has it any more. */
function Group({ name, choices = [], chosen, word, onToggle }: GroupProps) {
  const { locale } = useWords();
  const legend = useId();
  const gone = [...new Set(chosen)].filter((value) => choices.every((choice) => choice.value !== value));
  const all = [...choices, ...gone.map((value) => ({ value, referrals: null }))];
  if (all.length === 0) return null;
  const named = all.map((choice) => ({ ...choice, name: word(choice.value) }));
  const sorted = named.some(({ referrals }) => referrals !== null)
    ? named.sort((one, other) => one.name.localeCompare(other.name, locale))
    : named;
  return (
    <fieldset className={styles.group} aria-labelledby={legend}>
      <legend id={legend}>{name}</legend>
      <div className={styles.choices}>
        {sorted.map((choice) => (
          <Checkbox
            key={choice.value}
            size="medium"
            label={
              choice.referrals === null ? (
                choice.name
              ) : (
                <>
                  {choice.name} <span className={styles.count}>{count(choice.referrals, locale)}</span>
                </>
              )
            }
            checked={chosen.includes(choice.value)}
            onChange={() => onToggle(choice.value)}
          />
        ))}
      </div>
    </fieldset>
  );
}

function Days() {
  const { t } = useWords();
  const { filter, setFilter } = useFilters();
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
  const { filter, setFilter } = useFilters();
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
