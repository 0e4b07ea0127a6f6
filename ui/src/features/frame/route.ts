import type { ViewId } from "./views";

/** The address's fragment names the view that is shown. */
export const hrefOf = (id: ViewId): string => `#/${id}`;

export function goTo(id: ViewId): void {
  if (location.hash !== hrefOf(id)) location.hash = hrefOf(id);
}
