import { html } from "lit-html";
import { chooseTheme, type ThemeChoice, themeChoice } from "../ui/theme.ts";

const CHOICES: readonly (readonly [ThemeChoice, string])[] = [
  ["system", "Theme: system"],
  ["light", "Theme: light"],
  ["dark", "Theme: dark"],
];

export const themeSwitch = () => html`
  <label class="visually-hidden" for="theme">Theme</label>
  <select
    id="theme"
    @change=${({ target }: Event) => chooseTheme((target as HTMLSelectElement).value as ThemeChoice)}
  >
    ${CHOICES.map(
      ([choice, words]) =>
        html`<option value=${choice} ?selected=${themeChoice.value === choice}>${words}</option>`,
    )}
  </select>
`;
