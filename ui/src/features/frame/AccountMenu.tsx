import { Avatar, Button, Menu, MenuItem, MenuList, MenuPopover, MenuTrigger } from "@fluentui/react-components";
import { ArrowExit20Regular } from "@fluentui/react-icons/headless/svg/arrow-exit";
import { PersonArrowRight20Regular } from "@fluentui/react-icons/headless/svg/person-arrow-right";
import { SignOut20Regular } from "@fluentui/react-icons/headless/svg/sign-out";
import { useSnapshot } from "../../api/hooks";
import { useCommand } from "../../components/notices";
import { useWords } from "../../i18n";
import { initials } from "../../i18n/format";
import styles from "./Frame.module.css";

export function AccountMenu() {
  const { t, locale } = useWords();
  const { profile, account, signed_in } = useSnapshot();
  const command = useCommand();
  const sample = profile.kind === "sample";
  const address = account ?? profile.account;
  const name = sample ? t("account.sample") : (profile.name ?? address ?? t("account.signed_out"));
  return (
    <Menu positioning="below-end">
      <MenuTrigger disableButtonEnhancement>
        <Button
          className={styles.account}
          appearance="transparent"
          icon={
            <>
              <Avatar
                aria-hidden="true"
                size={28}
                color={sample ? "marigold" : signed_in ? "brand" : "neutral"}
                initials={initials(name, locale)}
              />
              <span className="visually-hidden">{`${t("account.menu")}: ${name}`}</span>
            </>
          }
        />
      </MenuTrigger>
      <MenuPopover>
        <div className={styles.person}>
          <strong>{name}</strong>
          {!sample && address && address !== name && <span>{address}</span>}
          {!sample && !signed_in && <span>{t("account.signed_out")}</span>}
        </div>
        <MenuList>
          {sample ? (
            <MenuItem icon={<ArrowExit20Regular />} onClick={() => void command("leave_sample_data", {})}>
              {t("account.leave_sample")}
            </MenuItem>
          ) : signed_in ? (
            <MenuItem icon={<SignOut20Regular />} onClick={() => void command("sign_out", {})}>
              {t("account.sign_out")}
            </MenuItem>
          ) : (
            <MenuItem icon={<PersonArrowRight20Regular />} onClick={() => void command("sign_in", {})}>
              {t("sign_in.button")}
            </MenuItem>
          )}
        </MenuList>
      </MenuPopover>
    </Menu>
  );
}
