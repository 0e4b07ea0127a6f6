import type { FluentIcon } from "@fluentui/react-icons/headless";
import { ArrowExit20Regular } from "@fluentui/react-icons/headless/svg/arrow-exit";
import { ArrowSync20Regular } from "@fluentui/react-icons/headless/svg/arrow-sync";
import { DarkTheme20Regular } from "@fluentui/react-icons/headless/svg/dark-theme";
import { Hourglass20Regular } from "@fluentui/react-icons/headless/svg/hourglass";
import { Keyboard20Regular } from "@fluentui/react-icons/headless/svg/keyboard";
import { LocalLanguage20Regular } from "@fluentui/react-icons/headless/svg/local-language";
import { MailInbox20Regular } from "@fluentui/react-icons/headless/svg/mail-inbox";
import { Pause20Regular } from "@fluentui/react-icons/headless/svg/pause";
import { PersonArrowRight20Regular } from "@fluentui/react-icons/headless/svg/person-arrow-right";
import { Play20Regular } from "@fluentui/react-icons/headless/svg/play";
import { SignOut20Regular } from "@fluentui/react-icons/headless/svg/sign-out";
import { TaskListSquareLtr20Regular } from "@fluentui/react-icons/headless/svg/task-list-square-ltr";
import type { Language, ReferralQuery, Snapshot } from "../../api/bindings";
import type { Command } from "../../components/notices";
import type { Strokes } from "../../components/strokes";
import type { Translate } from "../../i18n";
import { type Appearance, appearances } from "../appearance/themes";
import { keysByArea } from "../frame/keys";
import { goTo } from "../frame/route";
import { isSignedOut, isSwitchedOff } from "../frame/syncWords";
import { views } from "../frame/views";
import { EXPIRING_SOON } from "../referrals/filter";
import { sections } from "../settings/sections";

/** What commands may look at and act through. */
export type Means = {
  snapshot: Snapshot;
  ask: Command;
  syncNow: () => void;
  showOnly: (query: ReferralQuery) => void;
  appearance: Appearance;
  setAppearance: (appearance: Appearance) => void;
  /** Null where somebody else decides the language. */
  setLanguage: ((language: Language) => void) | null;
  showSheet: () => void;
};

export const groups = ["views", "sync", "filters", "settings", "look", "account", "help"] as const;

export type PaletteCommand = {
  id: string;
  group: (typeof groups)[number];
  icon: FluentIcon;
  words: (t: Translate) => string;
  /** Its own key, if it has one. */
  keys?: Strokes;
  /** Missing where it can always be given. */
  when?: (means: Means) => boolean;
  run: (means: Means) => void;
};

const hasData = ({ snapshot }: Means): boolean => snapshot.profile.kind !== "none";
const isSample = ({ snapshot }: Means): boolean => snapshot.profile.kind === "sample";
const languages = ["en", "tr"] as const satisfies Language[];

/** Every command there is. */
export const commands: readonly PaletteCommand[] = [
  ...views.map<PaletteCommand>(({ id, icon }) => ({
    id: `view-${id}`,
    group: "views",
    icon,
    words: (t) => t("palette.go_to", { view: t(`nav.${id}`) }),
    run: () => goTo(id),
  })),
  {
    id: "sync-now",
    group: "sync",
    icon: ArrowSync20Regular,
    words: (t) => t("sync.now"),
    when: ({ snapshot }) => !isSwitchedOff(snapshot) && !isSignedOut(snapshot) && snapshot.sync.running === null,
    run: ({ syncNow }) => syncNow(),
  },
  {
    id: "sync-pause",
    group: "sync",
    icon: Pause20Regular,
    words: (t) => t("sync.pause"),
    when: (means) => hasData(means) && !means.snapshot.sync.paused,
    run: ({ ask }) => void ask("set_paused", { paused: true }),
  },
  {
    id: "sync-resume",
    group: "sync",
    icon: Play20Regular,
    words: (t) => t("sync.resume"),
    when: (means) => hasData(means) && means.snapshot.sync.paused,
    run: ({ ask }) => void ask("set_paused", { paused: false }),
  },
  {
    id: "checklist-run",
    group: "sync",
    icon: TaskListSquareLtr20Regular,
    words: (t) => t("checklist.run_all"),
    run: ({ ask }) => {
      goTo("checklist");
      void ask("run_checklist", { phase: null });
    },
  },
  {
    id: "filter-new",
    group: "filters",
    icon: MailInbox20Regular,
    words: (t) => t("palette.show_new"),
    when: hasData,
    run: ({ showOnly }) => {
      showOnly({ status: "New" });
      goTo("referrals");
    },
  },
  {
    id: "filter-expiring",
    group: "filters",
    icon: Hourglass20Regular,
    words: (t) => t("palette.show_expiring"),
    when: hasData,
    run: ({ showOnly }) => {
      showOnly({ status: "New", expiring: EXPIRING_SOON });
      goTo("referrals");
    },
  },
  ...sections.map<PaletteCommand>(({ id, icon }) => ({
    id: `settings-${id}`,
    group: "settings",
    icon,
    words: (t) => t("palette.open_settings", { section: t(`settings.section.${id}`) }),
    run: () => goTo("settings", id),
  })),
  ...appearances.map<PaletteCommand>((choice) => ({
    id: `theme-${choice}`,
    group: "look",
    icon: DarkTheme20Regular,
    words: (t) => t("palette.theme", { theme: t(`appearance.choice.${choice}`) }),
    when: ({ appearance }) => appearance !== choice,
    run: ({ setAppearance }) => setAppearance(choice),
  })),
  ...languages.map<PaletteCommand>((language) => ({
    id: `language-${language}`,
    group: "look",
    icon: LocalLanguage20Regular,
    words: (t) => t("palette.language", { language: t(`choice.language.${language}`) }),
    when: ({ snapshot, setLanguage }) => setLanguage !== null && snapshot.language !== language,
    run: ({ setLanguage }) => setLanguage?.(language),
  })),
  {
    id: "account-sign_in",
    group: "account",
    icon: PersonArrowRight20Regular,
    words: (t) => t("sign_in.button"),
    when: ({ snapshot }) => snapshot.configured && isSignedOut(snapshot),
    run: ({ ask }) => void ask("sign_in", {}),
  },
  {
    id: "account-sign_out",
    group: "account",
    icon: SignOut20Regular,
    words: (t) => t("account.sign_out"),
    when: (means) => !isSample(means) && means.snapshot.signed_in,
    run: ({ ask }) => void ask("sign_out", {}),
  },
  {
    id: "account-leave_sample",
    group: "account",
    icon: ArrowExit20Regular,
    words: (t) => t("account.leave_sample"),
    when: isSample,
    run: ({ ask }) => void ask("leave_sample_data", {}),
  },
  {
    id: "help-keys",
    group: "help",
    icon: Keyboard20Regular,
    words: (t) => t("keys.title"),
    keys: keysByArea.anywhere.sheet,
    run: ({ showSheet }) => showSheet(),
  },
];
