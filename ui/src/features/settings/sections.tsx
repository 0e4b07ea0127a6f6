import type { FluentIcon } from "@fluentui/react-icons/headless";
import { DarkTheme20Regular } from "@fluentui/react-icons/headless/svg/dark-theme";
import { Database20Regular } from "@fluentui/react-icons/headless/svg/database";
import { DocumentText20Regular } from "@fluentui/react-icons/headless/svg/document-text";
import { Options20Regular } from "@fluentui/react-icons/headless/svg/options";
import { Stethoscope20Regular } from "@fluentui/react-icons/headless/svg/stethoscope";
import { WrenchSettings20Regular } from "@fluentui/react-icons/headless/svg/wrench-settings";
import { AppearanceSection } from "./AppearanceSection";
import { DataSection } from "./DataSection";
import { DiagnosticsSection } from "./diagnostics/DiagnosticsSection";
import { LogsSection } from "./logs/LogsSection";
import { type GroupId, groups, logSettings, SettingGroups } from "./SettingGroups";

/** What a section is given: the place that the address names, if it names one. */
export type SectionProps = { place: string | null };
type Section = {
  id: string;
  icon: FluentIcon;
  /** Those that an address leads to here. */
  settings: readonly string[];
  content: (props: SectionProps) => React.ReactNode;
};

const general = ["connection", "partner_center", "companies", "window", "desktop"] as const satisfies GroupId[];
const advanced = ["advanced"] as const satisfies GroupId[];

/** Every section there is, in the order of its navigation. */
export const sections = [
  {
    id: "general",
    icon: Options20Regular,
    settings: general.flatMap((id): readonly string[] => groups[id]),
    content: (props) => <SettingGroups ids={general} {...props} />,
  },
  { id: "appearance", icon: DarkTheme20Regular, settings: [], content: () => <AppearanceSection /> },
  { id: "data", icon: Database20Regular, settings: groups.data, content: DataSection },
  { id: "logs", icon: DocumentText20Regular, settings: logSettings, content: () => <LogsSection /> },
  { id: "diagnostics", icon: Stethoscope20Regular, settings: [], content: () => <DiagnosticsSection /> },
  {
    id: "advanced",
    icon: WrenchSettings20Regular,
    settings: [],
    content: (props) => <SettingGroups ids={advanced} {...props} />,
  },
] as const satisfies Section[];

export type SectionId = (typeof sections)[number]["id"];

/** The section of that name, or the one that holds the setting of that name. */
export function sectionAt(place: string | null): (typeof sections)[number] {
  const named = sections.find(({ id }) => id === place);
  if (named) return named;
  if (place === null) return sections[0];
  const holding = sections.find(({ settings }) => settings.some((key) => key === place));
  return holding ?? sections[5];
}
