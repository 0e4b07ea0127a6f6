import { createContext, useContext, useMemo, useState } from "react";
import { goTo } from "./route";

/** What is selected in a list, whether it is open beside it, and whether the focus is to go there. */
export type Selection = {
  id: string | null;
  open: boolean;
  wantsFocus: boolean;
  focused: () => void;
  select: (id: string) => void;
  show: (id: string, by: "pointer" | "keyboard") => void;
  close: () => void;
};

type Selections = {
  referral: Selection;
  run: Selection;
  company: Selection;
  /** Goes to the view and shows it there, whatever its list holds. */
  openReferral: (id: string) => void;
  openRun: (id: string) => void;
  openCompany: (id: number) => void;
};

const SelectionsContext = createContext<Selections | null>(null);

export function useSelections(): Selections {
  const selections = useContext(SelectionsContext);
  if (!selections) throw new Error("SelectionsProvider is missing");
  return selections;
}

/** Outlives the views, so that one can point into another and coming back finds what was selected. */
export function SelectionsProvider({ children }: { children: React.ReactNode }) {
  const referral = useSelection();
  const run = useSelection();
  const company = useSelection();
  const selections = useMemo<Selections>(
    () => ({
      referral,
      run,
      company,
      openReferral: (id) => {
        referral.show(id, "keyboard");
        goTo("referrals");
      },
      openRun: (id) => {
        run.show(id, "keyboard");
        goTo("activity");
      },
      openCompany: (id) => {
        company.show(String(id), "keyboard");
        goTo("companies");
      },
    }),
    [referral, run, company],
  );
  return <SelectionsContext.Provider value={selections}>{children}</SelectionsContext.Provider>;
}

type Held = Pick<Selection, "id" | "open" | "wantsFocus">;

function useSelection(): Selection {
  const [held, setHeld] = useState<Held>({ id: null, open: false, wantsFocus: false });
  return useMemo(
    () => ({
      ...held,
      focused: () => setHeld((before) => ({ ...before, wantsFocus: false })),
      select: (id) => setHeld((before) => ({ ...before, id })),
      show: (id, by) => setHeld({ id, open: true, wantsFocus: by === "keyboard" }),
      close: () => setHeld((before) => ({ ...before, open: false, wantsFocus: false })),
    }),
    [held],
  );
}
