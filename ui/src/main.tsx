import { notifyManager } from "@tanstack/react-query";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { Connection } from "./api/connection";
import { App } from "./app";
import { createTranslations, systemLanguage } from "./i18n";
import { hostPlatform } from "./platform/host";

// An answer is shown as soon as it is here; a timer would first let the page draw once more without it.
notifyManager.setScheduler(queueMicrotask);

const connection = new Connection(hostPlatform());
void connection.start();

const root = document.getElementById("root");
if (root) {
  createRoot(root).render(
    <StrictMode>
      <App connection={connection} translations={createTranslations(systemLanguage())} />
    </StrictMode>,
  );
}
