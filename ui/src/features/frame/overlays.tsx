import { createContext, useContext, useEffect, useRef, useState } from "react";
import { CommandPalette } from "../palette/CommandPalette";
import { KeyboardSheet } from "./KeyboardSheet";
import { keysByArea, useKeys } from "./keys";

type Overlay = "palette" | "sheet";
const OverlaysContext = createContext<(overlay: Overlay) => void>(() => undefined);

/** Lays the command palette or the keyboard sheet over the window. */
export const useOverlays = (): ((overlay: Overlay) => void) => useContext(OverlaysContext);

export function OverlaysProvider({ children }: { children: React.ReactNode }) {
  const [shown, setShown] = useState<Overlay | null>(null);
  const chosen = useRef<(() => void) | null>(null);
  const { palette, sheet } = keysByArea.anywhere;
  useKeys(palette, () => setShown("palette"));
  useKeys(sheet, () => setShown("sheet"));
  const close = () => setShown(null);

  // What was chosen in the palette runs once it is gone and the focus is back: it may lead the focus elsewhere.
  useEffect(() => {
    if (shown !== null) return;
    const run = chosen.current;
    chosen.current = null;
    run?.();
  }, [shown]);

  return (
    <OverlaysContext.Provider value={setShown}>
      {children}
      {shown === "palette" && (
        <CommandPalette
          onClose={close}
          onChoose={(run) => {
            chosen.current = run;
            close();
          }}
        />
      )}
      {shown === "sheet" && <KeyboardSheet onClose={close} />}
    </OverlaysContext.Provider>
  );
}
