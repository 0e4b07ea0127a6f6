import { useMemo } from "react";
import { useCall, useSnapshot } from "../../api/hooks";
import { keys } from "../../api/keys";
import type { NotePlace } from "../../components/noteSaving";

export function useReferralNote(id: string): NotePlace {
  const call = useCall();
  const profile = useSnapshot().profile.id;
  return useMemo(
    () => ({ queryKey: keys.referral(profile, id), write: (note) => call("set_note", { id, note }) }),
    [call, profile, id],
  );
}
