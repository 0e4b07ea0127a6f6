import type { FluentIcon } from "@fluentui/react-icons/headless";
import {
  BuildingMultiple20Filled,
  BuildingMultiple20Regular,
} from "@fluentui/react-icons/headless/svg/building-multiple";
import { Handshake20Filled, Handshake20Regular } from "@fluentui/react-icons/headless/svg/handshake";
import { History20Filled, History20Regular } from "@fluentui/react-icons/headless/svg/history";
import { Settings20Filled, Settings20Regular } from "@fluentui/react-icons/headless/svg/settings";
import {
  TaskListSquareLtr20Filled,
  TaskListSquareLtr20Regular,
} from "@fluentui/react-icons/headless/svg/task-list-square-ltr";
import { ActivityView } from "../activity/ActivityView";
import { ChecklistView } from "../checklist/ChecklistView";
import { CompaniesView } from "../companies/CompaniesView";
import { ReferralsView } from "../referrals/ReferralsView";
import { SettingsView } from "../settings/SettingsView";
import { useRoute } from "./route";

type View = {
  id: string;
  icon: FluentIcon;
  activeIcon: FluentIcon;
  content: () => React.ReactNode;
  needsProfile: boolean;
};

/** Every view there is, in the order of the navigation. */
export const views = [
  {
    id: "referrals",
    icon: Handshake20Regular,
    activeIcon: Handshake20Filled,
    content: ReferralsView,
    needsProfile: true,
  },
  {
    id: "companies",
    icon: BuildingMultiple20Regular,
    activeIcon: BuildingMultiple20Filled,
    content: CompaniesView,
    needsProfile: true,
  },
  {
    id: "checklist",
    icon: TaskListSquareLtr20Regular,
    activeIcon: TaskListSquareLtr20Filled,
    content: ChecklistView,
    needsProfile: false,
  },
  { id: "activity", icon: History20Regular, activeIcon: History20Filled, content: ActivityView, needsProfile: true },
  { id: "settings", icon: Settings20Regular, activeIcon: Settings20Filled, content: SettingsView, needsProfile: false },
] as const satisfies View[];

export type ViewId = (typeof views)[number]["id"];

export function useView(): (typeof views)[number] {
  const { view } = useRoute();
  return views.find(({ id }) => id === view) ?? views[0];
}
