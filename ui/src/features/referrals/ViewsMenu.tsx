import {
  Button,
  Menu,
  MenuDivider,
  MenuGroup,
  MenuGroupHeader,
  MenuItem,
  MenuList,
  MenuPopover,
  MenuTrigger,
} from "@fluentui/react-components";
import { Bookmark20Regular } from "@fluentui/react-icons/headless/svg/bookmark";
import { Delete20Regular } from "@fluentui/react-icons/headless/svg/delete";
import { MailRead20Regular } from "@fluentui/react-icons/headless/svg/mail-read";
import { Save20Regular } from "@fluentui/react-icons/headless/svg/save";
import { useQuery } from "@tanstack/react-query";
import { useRef, useState } from "react";
import type { ReferralQuery, SavedView } from "../../api/bindings";
import { useCall, useSnapshot } from "../../api/hooks";
import { keys } from "../../api/keys";
import looks from "../../components/List.module.css";
import { useCommand } from "../../components/notices";
import { BELOW } from "../../components/positions";
import { useWords } from "../../i18n";
import { useFilterActions } from "./filters";
import { SaveViewDialog } from "./SaveViewDialog";
import { useTiles } from "./Tiles";

const BUILT_IN = {
  call_first: { status: "Open", sort: "priority:desc" },
  needs_answer: { status: "New", sort: "expires_at:asc" },
  contact_wanted: { status: "All", contact_wanted: true, sort: "expires_at:asc" },
  mine: { status: "All", mine: true },
  starred: { status: "All", starred: true },
} satisfies Record<string, ReferralQuery>;

/** Filters, order and search under a name. */
export function ViewsMenu() {
  const { t } = useWords();
  const { showOnly } = useFilterActions();
  const command = useCommand();
  const [open, setOpen] = useState(false);
  const [saving, setSaving] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const views = useSavedViews(open || saving);
  const unseen = useTiles(open)?.unseen;

  return (
    <>
      <Menu positioning={BELOW} open={open} onOpenChange={(_, change) => setOpen(change.open)}>
        <MenuTrigger disableButtonEnhancement>
          <Button ref={button} appearance="subtle" icon={<Bookmark20Regular />} aria-label={t("views.button")}>
            <span className={looks.buttonText}>{t("views.button")}</span>
          </Button>
        </MenuTrigger>
        <MenuPopover>
          <MenuList>
            {(Object.keys(BUILT_IN) as Array<keyof typeof BUILT_IN>).map((name) => (
              <MenuItem key={name} onClick={() => showOnly(BUILT_IN[name])}>
                {t(`views.built_in.${name}`)}
              </MenuItem>
            ))}
            {views.length > 0 && (
              <MenuGroup>
                <MenuDivider />
                <MenuGroupHeader>{t("views.own")}</MenuGroupHeader>
                {views.map(({ id, name, query }) => (
                  <MenuItem key={id} onClick={() => showOnly(query)}>
                    {name}
                  </MenuItem>
                ))}
              </MenuGroup>
            )}
            <MenuDivider />
            <MenuItem icon={<Save20Regular />} onClick={() => setSaving(true)}>
              {t("views.save")}
            </MenuItem>
            {views.length > 0 && <RemoveMenu views={views} />}
            <MenuDivider />
            <MenuItem
              icon={<MailRead20Regular />}
              disabled={unseen === 0}
              onClick={() => void command("mark_seen", { ids: null })}
            >
              {t("views.all_seen")}
            </MenuItem>
          </MenuList>
        </MenuPopover>
      </Menu>
      {saving && <SaveViewDialog views={views} opener={button} onClose={() => setSaving(false)} />}
    </>
  );
}

function useSavedViews(wanted: boolean): SavedView[] {
  const call = useCall();
  const profile = useSnapshot().profile.id;
  const views = useQuery({
    queryKey: keys.savedViews(profile),
    queryFn: () => call("saved_views", {}),
    enabled: wanted,
  });
  return views.data ?? [];
}

function RemoveMenu({ views }: { views: SavedView[] }) {
  const { t } = useWords();
  const command = useCommand();
  return (
    <Menu>
      <MenuTrigger disableButtonEnhancement>
        <MenuItem icon={<Delete20Regular />}>{t("views.remove")}</MenuItem>
      </MenuTrigger>
      <MenuPopover>
        <MenuList>
          {views.map(({ id, name }) => (
            <MenuItem
              key={id}
              aria-label={t("views.remove_named", { name })}
              onClick={() => void command("remove_view", { id })}
            >
              {name}
            </MenuItem>
          ))}
        </MenuList>
      </MenuPopover>
    </Menu>
  );
}
