import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { Connection } from "./api/connection";
import { App } from "./app";
import { createTranslations, systemLanguage } from "./i18n";
import { hostPlatform } from "./platform/host";

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
