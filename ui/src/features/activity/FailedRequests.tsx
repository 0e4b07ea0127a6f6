import type { FailedRequest } from "../../api/bindings";
import { Facts } from "../../components/SidePanel";
import { term, useWords } from "../../i18n";
import { dayAndTime } from "../../i18n/format";
import styles from "./Activity.module.css";

/** Requests that were refused or not answered, with the names by which Microsoft's support finds them. */
export function FailedRequests({ requests }: { requests: FailedRequest[] }) {
  const { t, locale } = useWords();
  return (
    <>
      <p className={styles.hint}>{t("run.support")}</p>
      {requests.map((request) => (
        <Facts
          key={`${request.failed_at} ${request.client_request_id}`}
          title={`${dayAndTime(request.failed_at, locale)} · ${term(t, "cause", request.cause)}`}
          facts={[
            [t("run.http_status"), request.status === 0 ? t("run.no_answer") : String(request.status)],
            [t("run.code"), request.code],
            [t("run.request_id"), request.request_id, "copy"],
            [t("run.client_request_id"), request.client_request_id, "copy"],
          ]}
        />
      ))}
    </>
  );
}
