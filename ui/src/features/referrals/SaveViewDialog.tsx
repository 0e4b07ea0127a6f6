import {
  Button,
  Dialog,
  DialogActions,
  DialogBody,
  DialogContent,
  DialogSurface,
  DialogTitle,
  Field,
  Input,
} from "@fluentui/react-components";
import { useState } from "react";
import type { SavedView } from "../../api/bindings";
import { useCommand, useNotify } from "../../components/notices";
import { ReturnFocus } from "../../components/ReturnFocus";
import { useWords } from "../../i18n";
import { useFilters } from "./filters";

const LONGEST_NAME = 60;

type Props = { views: SavedView[]; opener: React.RefObject<HTMLElement | null>; onClose: () => void };

export function SaveViewDialog({ views, opener, onClose }: Props) {
  const { t } = useWords();
  const { query, search } = useFilters();
  const command = useCommand();
  const notify = useNotify();
  const [typed, setTyped] = useState("");
  const name = typed.trim();
  const taken = views.some((view) => view.name === name);
  const save = async () => {
    if (!name) return;
    if (!(await command("save_view", { name, query: { ...query, search: search.trim() || null } }))) return;
    notify({ intent: "success", title: t("views.saved", { name }) });
    onClose();
  };
  return (
    <Dialog open onOpenChange={(_, { open }) => !open && onClose()}>
      <DialogSurface>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            void save();
          }}
        >
          <DialogBody>
            <DialogTitle>{t("views.save_title")}</DialogTitle>
            <DialogContent>
              <Field
                label={t("views.name")}
                validationState={taken ? "warning" : "none"}
                validationMessage={taken ? t("views.taken") : undefined}
                hint={t("views.save_hint")}
              >
                <Input value={typed} maxLength={LONGEST_NAME} onChange={(_, { value }) => setTyped(value)} />
              </Field>
            </DialogContent>
            <DialogActions>
              <Button onClick={onClose}>{t("common.cancel")}</Button>
              <Button appearance="primary" type="submit" disabledFocusable={!name}>
                {t(taken ? "views.replace" : "views.keep")}
              </Button>
            </DialogActions>
          </DialogBody>
        </form>
        <ReturnFocus to={opener} />
      </DialogSurface>
    </Dialog>
  );
}
