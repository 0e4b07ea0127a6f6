import { useCallback } from "react";
import type { Saved } from "../api/bindings";
import { useNotify } from "./notices";

/** Tells where a file was saved, or gives it to the browser; nothing if the person changed their mind. */
export function useHandOut(): (saved: Saved, title: string) => void {
  const notify = useNotify();
  return useCallback(
    (saved, title) => {
      if (saved.kind === "saved") notify({ intent: "success", title, text: saved.path });
      if (saved.kind === "download") download(saved.name, saved.content);
    },
    [notify],
  );
}

/** The browser puts it where it puts downloads. */
function download(name: string, base64: string): void {
  const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  const url = URL.createObjectURL(new Blob([bytes], { type: "application/octet-stream" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}
