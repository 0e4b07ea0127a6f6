// Runs before the first paint, which a module misses: no flash of a theme that was not chosen. What it
// writes is what `themeOf` says.
(() => {
  let chosen = null;
  try {
    chosen = JSON.parse(localStorage.getItem("appearance") ?? "null");
  } catch {
    // Nothing readable is stored: the system decides.
  }
  const named = ["light", "dark", "contrast"].includes(chosen);
  const system = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  document.documentElement.dataset.theme = named ? chosen : system;
})();
