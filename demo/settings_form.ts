import { byId } from "./dom.ts";
import type { Settings } from "./messages.ts";
import { parseSettings, type SettingErrors, type Typed } from "./settings.ts";

const NAMES = ["layers", "epochs", "bs", "lr", "wd"] as const satisfies readonly (keyof Settings)[];

type FormState = "waiting" | "ready" | "training" | "stopping";

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
  #state: FormState = "waiting";

  constructor(events: FormEvents) {
    const form = byId<HTMLFormElement>("settings");
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const settings = this.read();
      if (settings) events.onTrain(settings);
      else this.#fields.querySelector<HTMLElement>("[aria-invalid=true]")?.focus();
    });
    // Mistakes appear with Train and go while they are mended. Were they to come or go when a field is left, the
    // press on Train that left it would find the button moved.
    form.addEventListener("input", ({ target }) => {
      if ((target as HTMLElement).ariaInvalid === "true") this.read();
    });
    form.addEventListener("change", () => {
      const parsed = parseSettings(typed());
      if ("settings" in parsed) events.onChange(parsed.settings);
    });
    this.#stop.addEventListener("click", () => events.onStop());
  }

  /** The settings, or null where a field is wrong, which it then says. */
  read(): Settings | null {
    const parsed = parseSettings(typed());
    const errors = "errors" in parsed ? parsed.errors : {};
    for (const name of NAMES) showError(name, errors);
    return "settings" in parsed ? parsed.settings : null;
  }

  /** What may be pressed now. A keyboard's focus goes along to the button that takes over. */
  setState(state: FormState): void {
    const focused = document.activeElement;
    this.#fields.disabled = state === "training" || state === "stopping";
    this.#train.disabled = state !== "ready";
    this.#stop.disabled = state !== "training";
    if (state === "training" && focused === this.#train) this.#stop.focus();
    // A button that is disabled while it has the focus leaves it to the body.
    const lost = focused === this.#stop || focused === document.body;
    const ended = this.#state === "training" || this.#state === "stopping";
    if (state === "ready" && ended && lost) this.#train.focus({ preventScroll: true });
    this.#state = state;
  }
}

function typed(): Typed {
  return Object.fromEntries(NAMES.map((name) => [name, byId<HTMLInputElement>(name).value])) as Typed;
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
