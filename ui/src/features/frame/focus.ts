import { useEffect, useRef } from "react";
import { useSnapshot } from "../../api/hooks";
import { useCommand } from "../../components/notices";
import { EXPIRING_SOON } from "../referrals/filter";
import { useFilterActions } from "../referrals/filters";
import { goTo } from "./route";
import { useSelections } from "./selection";

/** Shows what a click outside the window asked for, once, and tells the engine so. */
export function useFocus(): void {
  const { focus } = useSnapshot();
  const { showOnly } = useFilterActions();
  const { openReferral, referral } = useSelections();
  const command = useCommand();
  const wanted = focus && JSON.stringify(focus);
  const shown = useRef<string | null>(null);
  useEffect(() => {
    if (shown.current === wanted) return;
    shown.current = wanted;
    if (!focus) return;
    if (focus.kind === "referral") openReferral(focus.id);
    else {
      referral.close();
      showOnly({ status: "New", expiring: focus.kind === "expiring" ? EXPIRING_SOON : null });
      goTo("referrals");
    }
    void command("focus_shown", {});
  }, [wanted, focus, openReferral, referral, showOnly, command]);
}
