import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import type { CompanyQuery, CompanyRow } from "../../api/bindings";
import { useCall, useSnapshot } from "../../api/hooks";
import { keys } from "../../api/keys";
import { type Rows, type Source, useWindows } from "../../api/windows";
import type { NotePlace } from "../../components/noteSaving";

/** Selections hold their ids as text. */
export const rowId = ({ company_id }: CompanyRow): string => String(company_id);

export const companyName = ({ name, domain }: { name: string | null; domain: string }): string => name ?? domain;

/** The companies that a question finds. */
export function useCompanyRows(query: CompanyQuery): Rows<CompanyQuery, CompanyRow> {
  const call = useCall();
  const profile = useSnapshot().profile.id;
  const source = useMemo<Source<CompanyQuery, CompanyRow>>(
    () => ({
      key: (asked, limit, offset) => keys.companyRows(profile, { ...asked, limit, offset }),
      read: (asked, limit, offset) => call("list_companies", { query: { ...asked, limit, offset } }),
      idOf: rowId,
    }),
    [call, profile],
  );
  return useWindows(query, source);
}

export function useCompany(id: number) {
  const call = useCall();
  const profile = useSnapshot().profile.id;
  return useQuery({ queryKey: keys.company(profile, id), queryFn: () => call("show_company", { id }) });
}

/** The first of the companies that a search finds. */
export function useFoundCompanies(query: CompanyQuery) {
  const call = useCall();
  const profile = useSnapshot().profile.id;
  return useQuery({
    queryKey: keys.companyRows(profile, query),
    queryFn: () => call("list_companies", { query }),
    placeholderData: keepPreviousData,
  });
}

/** Companies that a referral could be of, or those of that name. */
export function useCandidates(id: string, search: string | null) {
  const call = useCall();
  const profile = useSnapshot().profile.id;
  return useQuery({
    queryKey: keys.candidates(profile, id, search),
    queryFn: () => call("company_candidates", { id, search }),
    placeholderData: keepPreviousData,
  });
}

/** What a person last did to companies, to be taken back. */
export function useLastChange() {
  const call = useCall();
  const profile = useSnapshot().profile.id;
  return useQuery({ queryKey: keys.lastCompanyChange(profile), queryFn: () => call("last_company_change", {}) });
}

export function useCompanyNote(id: number): NotePlace {
  const call = useCall();
  const profile = useSnapshot().profile.id;
  return useMemo(
    () => ({ queryKey: keys.company(profile, id), write: (note) => call("set_company_note", { id, note }) }),
    [call, profile, id],
  );
}
