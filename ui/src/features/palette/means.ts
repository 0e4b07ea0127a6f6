import { useQueryClient } from "@tanstack/react-query";
import { useSettings, useSnapshot } from "../../api/hooks";
import { keys } from "../../api/keys";
import { useCommand } from "../../components/notices";
import { useAppearance } from "../appearance/Themed";
import { useOverlays } from "../frame/overlays";
import { useSyncNow } from "../frame/syncNow";
import { useFilterActions } from "../referrals/filters";
import type { Means } from "./commands";

export function useMeans(): Means {
  const ask = useCommand();
  const queries = useQueryClient();
  const show = useOverlays();
  const language = useSettings().data?.find(({ key }) => key === "language");
  return {
    snapshot: useSnapshot(),
    ask,
    syncNow: useSyncNow(),
    showOnly: useFilterActions().showOnly,
    ...useAppearance(),
    setLanguage:
      language && !language.locked
        ? (value) => {
            const asked = ask("set_setting", { key: "language", value });
            void asked.then(() => queries.invalidateQueries({ queryKey: keys.settings() }));
          }
        : null,
    showSheet: () => show("sheet"),
  };
}
