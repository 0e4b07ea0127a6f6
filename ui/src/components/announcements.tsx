import { createContext, useCallback, useContext, useRef, useState } from "react";

/** How long what was said stays where a screen reader finds it. */
const LIFE = 5_000;

type Announce = (text: string) => void;
const AnnounceContext = createContext<Announce>(() => undefined);

/** Says to screen readers what others see at a glance. */
export const useAnnounce = (): Announce => useContext(AnnounceContext);

export function AnnouncementsProvider({ children }: { children: React.ReactNode }) {
  const [lines, setLines] = useState<Array<{ id: number; text: string }>>([]);
  const next = useRef(0);
  const announce = useCallback<Announce>((text) => {
    const id = next.current;
    next.current += 1;
    setLines((before) => [...before, { id, text }]);
    setTimeout(() => setLines((before) => before.filter((line) => line.id !== id)), LIFE);
  }, []);
  return (
    <AnnounceContext.Provider value={announce}>
      {children}
      <div role="log" className="visually-hidden">
        {lines.map(({ id, text }) => (
          <p key={id}>{text}</p>
        ))}
      </div>
    </AnnounceContext.Provider>
  );
}
