import { byId } from "./dom.ts";
import type { Settings } from "./messages.ts";
import { parseSettings, type SettingErrors, type Typed } from "./settings.ts";

const NAMES = ["layers", "epochs", "bs", "lr", "wd"] as const satisfies readonly (keyof Settings)[];

export interface FormEvents {
  onTrain(settings: Settings): void;
  onStop(): void;
  /** The fields were changed and are all valid. */
  onChange(settings: Settings): void;
}

/** The settings and the two buttons. Mistakes are told at their field. */
export class SettingsForm {
  readonly #fields = byId<HTMLFieldSetElement>("fields");
  readonly #train = byId<HTMLButtonElement>("train");
  readonly #stop = byId<HTMLButtonElement>("stop");

  constructor(events: FormEvents) {
    const form = byId<HTMLFormElement>("settings");
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const settings = this.read();
      if (settings) events.onTrain(settings);
      else this.#fields.querySelector<HTMLElement>("[aria-invalid=true]")?.focus();
    });
    form.addEventListener("change", () => {
      const settings = this.read();
      if (settings) events.onChange(settings);
    });
    this.#stop.addEventListener("click", () => events.onStop());
  }

  /** The settings, or null where a field is wrong, which it then says. */
  read(): Settings | null {
    const typed = Object.fromEntries(
      NAMES.map((name) => [name, byId<HTMLInputElement>(name).value]),
    ) as Typed;
    const parsed = parseSettings(typed);
    const errors = "errors" in parsed ? parsed.errors : {};
    for (const name of NAMES) showError(name, errors);
    return "settings" in parsed ? parsed.settings : null;
  }

  /** What may be pressed now. A keyboard's focus goes along to the button that takes over. */
  setState(state: "waiting" | "ready" | "training" | "stopping"): void {
    const focused = document.activeElement;
    this.#fields.disabled = state === "training" || state === "stopping";
    this.#train.disabled = state !== "ready";
    this.#stop.disabled = state !== "training";
    if (state === "training" && focused === this.#train) this.#stop.focus();
    if (state === "ready" && (focused === this.#stop || document.activeElement === this.#stop)) {
      this.#train.focus();
    }
  }
}

function showError(name: keyof Settings, errors: SettingErrors): void {
  const input = byId<HTMLInputElement>(name);
  const message = errors[name];
  input.setAttribute("aria-invalid", String(message !== undefined));
  const help = byId(`${name}-help`);
  help.dataset.usual ??= help.textContent ?? "";
  help.textContent = message ?? help.dataset.usual;
  help.classList.toggle("error", message !== undefined);
}
