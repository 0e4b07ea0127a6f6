import type { FluentIcon } from "@fluentui/react-icons";
import { Handshake20Filled, Handshake20Regular } from "@fluentui/react-icons/svg/handshake";
import { Settings20Filled, Settings20Regular } from "@fluentui/react-icons/svg/settings";
import { useSyncExternalStore } from "react";
import { ReferralsView } from "../referrals/ReferralsView";
import { SettingsView } from "../settings/SettingsView";

type View = {
  id: string;
  icon: FluentIcon;
  activeIcon: FluentIcon;
  content: () => React.ReactNode;
  needsProfile: boolean;
};

/** Every view there is, in the order of the navigation; the address's fragment names the one that is shown. */
export const views = [
  {
    id: "referrals",
    icon: Handshake20Regular,
    activeIcon: Handshake20Filled,
    content: ReferralsView,
    needsProfile: true,
  },
  { id: "settings", icon: Settings20Regular, activeIcon: Settings20Filled, content: SettingsView, needsProfile: false },
] as const satisfies View[];

export type ViewId = (typeof views)[number]["id"];

export const hrefOf = (id: ViewId): string => `#/${id}`;

export function goTo(id: ViewId): void {
  if (location.hash !== hrefOf(id)) location.hash = hrefOf(id);
}

export function useView(): (typeof views)[number] {
  const hash = useSyncExternalStore(
    (listener) => {
      window.addEventListener("hashchange", listener);
      return () => window.removeEventListener("hashchange", listener);
    },
    () => location.hash,
  );
  return views.find(({ id }) => hrefOf(id) === hash) ?? views[0];
}
