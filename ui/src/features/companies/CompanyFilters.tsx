import { useQuery } from "@tanstack/react-query";
import { useCall, useSnapshot } from "../../api/hooks";
import { keys } from "../../api/keys";
import { withoutChips } from "../../components/Chips";
import { ChoiceGroup, FilterMenu, filterStyles } from "../../components/FilterMenu";
import { useWords } from "../../i18n";
import { countryName } from "../../i18n/format";
import { toggleValue, valuesOf } from "../referrals/filter";
import { companyChips, PROVIDERS, providerWord, SEGMENTS, segmentWord } from "./filter";
import type { CompanyFilters as Filters } from "./filters";
import { ScoreField } from "./ScoreField";

const plain = (values: readonly string[]) => values.map((value) => ({ value, referrals: null }));

export function CompanyFilters({ filters: { filter, setFilter } }: { filters: Filters }) {
  const { t, locale } = useWords();
  const chips = companyChips(filter, t, locale);
  const call = useCall();
  const profile = useSnapshot().profile.id;
  const choices = useQuery({ queryKey: keys.choices(profile), queryFn: () => call("choices", {}) });
  const group = (
    id: "segment" | "provider" | "country",
    name: string,
    values: readonly string[],
    word: (value: string) => string,
  ) => (
    <ChoiceGroup
      name={name}
      choices={plain(values)}
      chosen={valuesOf(filter[id])}
      word={word}
      onToggle={(value) => setFilter({ [id]: toggleValue(filter[id], value) })}
    />
  );
  return (
    <FilterMenu chosen={chips.length} onClear={() => setFilter(withoutChips(chips))}>
      <div className={filterStyles.fields}>
        <div className={filterStyles.column}>
          {group("segment", t("filters.segment"), SEGMENTS, (value) => segmentWord(value, t))}
          <div className={filterStyles.pair}>
            <ScoreField
              label={t("filters.min_score")}
              value={filter.min_score}
              onChange={(min_score) => setFilter({ min_score })}
            />
            <ScoreField
              label={t("companies.filter.max_score")}
              value={filter.max_score}
              onChange={(max_score) => setFilter({ max_score })}
            />
          </div>
        </div>
        <div className={filterStyles.column}>
          {group("provider", t("companies.filter.provider"), PROVIDERS, (value) => providerWord(value, t))}
        </div>
        <div className={filterStyles.column}>
          {group("country", t("filters.country"), choices.data?.country.map(({ value }) => value) ?? [], (code) =>
            countryName(code, locale),
          )}
        </div>
      </div>
    </FilterMenu>
  );
}
