import { createContext, useCallback, useContext, useState } from "react";
import { useSnapshot } from "../../api/hooks";
import { useCommand } from "../../components/notices";
import { EnableQuestion } from "./EnableQuestion";

type Guard = (enable: () => void) => void;

const GuardContext = createContext<Guard>((enable) => enable());

/** Lets sync be turned on at once where the checklist says GO, and asks first where it says NO-GO. */
export const useEnableGuard = (): Guard => useContext(GuardContext);

export function EnableGuard({ children }: { children: React.ReactNode }) {
  const { verdict } = useSnapshot().checklist;
  const [held, setHeld] = useState<{ enable: () => void } | null>(null);
  const guard = useCallback<Guard>(
    (enable) => {
      if (verdict === "GO") enable();
      else setHeld({ enable });
    },
    [verdict],
  );
  return (
    <GuardContext.Provider value={guard}>
      {children}
      <EnableQuestion
        open={held !== null}
        onAnswer={(yes) => {
          setHeld(null);
          if (yes) held?.enable();
        }}
      />
    </GuardContext.Provider>
  );
}

/** Turns sync on by its setting. */
export function useTurnOn(): () => void {
  const guard = useEnableGuard();
  const command = useCommand();
  return () => guard(() => void command("set_setting", { key: "partner_center.enabled", value: "true" }));
}
