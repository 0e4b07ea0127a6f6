import { Spinner } from "@fluentui/react-components";
import { QueryClientProvider } from "@tanstack/react-query";
import type { i18n } from "i18next";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import type { Language } from "./api/bindings";
import type { Connection } from "./api/connection";
import { ConnectionProvider, useConnection, useConnectionState } from "./api/hooks";
import { AnnouncementsProvider } from "./components/announcements";
import { NoticesProvider } from "./components/notices";
import { Failure } from "./components/states";
import { Themed } from "./features/appearance/Themed";
import { Frame } from "./features/frame/Frame";
import { useWords, WordsProvider } from "./i18n";
import "@fluentui/react-icons/headless/styles.css";
import "./app.css";
import "./motion.css";

export function App({ connection, translations }: { connection: Connection; translations: i18n }) {
  return (
    <WordsProvider translations={translations}>
      <Themed>
        <ConnectionProvider value={connection}>
          <QueryClientProvider client={connection.queries}>
            <NoticesProvider>
              <AnnouncementsProvider>
                <div className="app">
                  <Content />
                </div>
              </AnnouncementsProvider>
            </NoticesProvider>
          </QueryClientProvider>
        </ConnectionProvider>
      </Themed>
    </WordsProvider>
  );
}

function Content() {
  const { t } = useWords();
  const state = useConnectionState();
  const connection = useConnection();
  useLanguage(state.phase === "ready" ? state.snapshot.language : null);
  switch (state.phase) {
    case "loading":
      return <Spinner className="starting" delay={300} label={t("start.loading")} />;
    case "failed":
      return <Failure title={t("start.failed")} error={state.error} onRetry={connection.retry} />;
    case "ready":
      return <Frame />;
  }
}

function useLanguage(wanted: Language | null) {
  const { i18n } = useTranslation();
  const { language } = i18n;
  useEffect(() => {
    if (wanted) void i18n.changeLanguage(wanted);
  }, [wanted, i18n]);
  useEffect(() => {
    document.documentElement.lang = language;
  }, [language]);
}
