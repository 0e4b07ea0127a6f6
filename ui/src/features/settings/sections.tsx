import type { FluentIcon } from "@fluentui/react-icons";
import { DatabaseRegular } from "@fluentui/react-icons/svg/database";
import { Options20Regular } from "@fluentui/react-icons/svg/options";
import { WrenchSettings20Regular } from "@fluentui/react-icons/svg/wrench-settings";
import { DataSection } from "./DataSection";
import { type GroupId, groups, SettingGroups } from "./SettingGroups";

/** What a section is given: the place that the address names, if it names one. */
export type SectionProps = { place: string | null };
type Section = { id: string; icon: FluentIcon; content: (props: SectionProps) => React.ReactNode };

const general = ["connection", "partner_center", "window", "desktop"] as const satisfies GroupId[];
const advanced = ["advanced"] as const satisfies GroupId[];

/** Every section there is, in the order of its navigation. */
export const sections = [
  { id: "general", icon: Options20Regular, content: (props) => <SettingGroups ids={general} {...props} /> },
  { id: "data", icon: DatabaseRegular, content: DataSection },
  { id: "advanced", icon: WrenchSettings20Regular, content: (props) => <SettingGroups ids={advanced} {...props} /> },
] as const satisfies Section[];

export type SectionId = (typeof sections)[number]["id"];

/** The section of that name, or the one that holds the setting of that name. */
export function sectionAt(place: string | null): (typeof sections)[number] {
  const named = sections.find(({ id }) => id === place);
  if (named) return named;
  if (groups.data.some((key) => key === place)) return sections[1];
  const isGeneral = place === null || general.some((id) => groups[id].some((key) => key === place));
  return sections[isGeneral ? 0 : 2];
}
