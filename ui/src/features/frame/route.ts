import { useSyncExternalStore } from "react";
import type { ViewId } from "./views";

/** What the address's fragment names: the view that is shown, and the place in it that is looked at. */
export type Route = { view: string; place: string | null };

export const hrefOf = (id: ViewId, place?: string): string =>
  place === undefined ? `#/${id}` : `#/${id}/${encodeURIComponent(place)}`;

export function goTo(id: ViewId, place?: string): void {
  const href = hrefOf(id, place);
  if (location.hash !== href) location.hash = href;
}

export function useRoute(): Route {
  const hash = useSyncExternalStore(
    (listener) => {
      window.addEventListener("hashchange", listener);
      return () => window.removeEventListener("hashchange", listener);
    },
    () => location.hash,
  );
  const [, view = "", place] = /^#\/([^/]*)(?:\/(.+))?$/.exec(hash) ?? [];
  return { view, place: place === undefined ? null : decoded(place) };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
