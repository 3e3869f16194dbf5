// Sets the theme before anything is painted: the one chosen on an earlier visit, else the system's. ui/theme.ts goes on.
(() => {
  let chosen = null;
  try {
    chosen = localStorage.getItem("tabgpu-theme");
  } catch {
    // Storage may be forbidden; then the system decides.
  }
  const system = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  document.documentElement.dataset.theme = chosen === "light" || chosen === "dark" ? chosen : system;
})();
