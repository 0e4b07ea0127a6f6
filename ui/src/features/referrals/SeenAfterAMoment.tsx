import { useEffect } from "react";
import { useReferral } from "../../api/hooks";
import { useCommand } from "../../components/notices";

const MOMENT = 1_000;

/** Who has had the details before their eyes for a moment has seen the referral. */
export function SeenAfterAMoment({ id }: { id: string }) {
  const unseen = useReferral(id).data?.unseen ?? null;
  const command = useCommand();
  useEffect(() => {
    if (unseen === null) return;
    const timer = setTimeout(() => void command("mark_seen", { ids: [id] }), MOMENT);
    return () => clearTimeout(timer);
  }, [id, unseen, command]);
  return null;
}
