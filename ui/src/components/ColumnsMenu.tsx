import {
  Button,
  Menu,
  MenuDivider,
  MenuItem,
  MenuItemCheckbox,
  MenuList,
  MenuPopover,
  MenuTrigger,
  Tooltip,
} from "@fluentui/react-components";
import { ArrowReset20Regular } from "@fluentui/react-icons/headless/svg/arrow-reset";
import { ColumnTriple20Regular } from "@fluentui/react-icons/headless/svg/column-triple";
import { useWords } from "../i18n";
import type { Columns } from "./columnLayout";
import { BELOW } from "./positions";

/** Which columns of a list are shown; the first always is. */
export function ColumnsMenu<Row>({ columns }: { columns: Columns<Row> }) {
  const { t } = useWords();
  return (
    <Menu
      positioning={BELOW}
      checkedValues={{ shown: columns.visible.map(({ id }) => id) }}
      onCheckedValueChange={(_, { checkedItems }) => columns.show(checkedItems)}
    >
      <MenuTrigger disableButtonEnhancement>
        <Tooltip content={t("referrals.columns")} relationship="label">
          <Button appearance="subtle" icon={<ColumnTriple20Regular />} />
        </Tooltip>
      </MenuTrigger>
      <MenuPopover>
        <MenuList>
          {columns.all.slice(1).map(({ id, label }) => (
            <MenuItemCheckbox key={id} name="shown" value={id}>
              {label}
            </MenuItemCheckbox>
          ))}
          <MenuDivider />
          <MenuItem icon={<ArrowReset20Regular />} onClick={columns.reset}>
            {t("referrals.columns_reset")}
          </MenuItem>
        </MenuList>
      </MenuPopover>
    </Menu>
  );
}
