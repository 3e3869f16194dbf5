/** Dark or light: the system's choice, unless one was made here. Charts read `theme` and draw themselves again. */
import { signal } from "@preact/signals-core";

export type Theme = "light" | "dark";
export type ThemeChoice = Theme | "system";

/** Known to public/theme.js too, which reads it before the page is painted. */
const KEY = "tabgpu-theme";
const dark = matchMedia("(prefers-color-scheme: dark)");

/** What was chosen on the page. */
export const themeChoice = signal<ThemeChoice>(stored());

/** What is shown. */
export const theme = signal<Theme>(resolve(themeChoice.value));

export function chooseTheme(choice: ThemeChoice): void {
  themeChoice.value = choice;
  try {
    if (choice === "system") localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, choice);
  } catch {
    // Forbidden storage costs only the memory of it.
  }
  show();
}

function show(): void {
  const next = resolve(themeChoice.value);
  // The colours first: whoever hears of the theme reads them.
  document.documentElement.dataset.theme = next;
  theme.value = next;
}

function resolve(choice: ThemeChoice): Theme {
  return choice === "system" ? (dark.matches ? "dark" : "light") : choice;
}

function stored(): ThemeChoice {
  try {
    const value = localStorage.getItem(KEY);
    return value === "light" || value === "dark" ? value : "system";
  } catch {
    return "system";
  }
}

dark.addEventListener("change", show);
show();

/** A colour of the style sheet, e.g. `cssColour("--accent")`, for canvases. */
export function cssColour(name: `--${string}`): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}
