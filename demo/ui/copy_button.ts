import { html, nothing } from "lit-html";
import { Directive, directive, type ElementPart } from "lit-html/directive.js";

const SHOWN_MS = 2000;

/** Makes a button copy a text, and say so for two seconds. */
class Copies extends Directive {
  #text = "";
  #button: HTMLButtonElement | undefined;

  render(_text: string): typeof nothing {
    return nothing;
  }

  override update(part: ElementPart, [text]: [string]): typeof nothing {
    this.#text = text;
    if (!this.#button) {
      this.#button = part.element as HTMLButtonElement;
      this.#button.addEventListener("click", () => void this.#copy());
    }
    return nothing;
  }

  async #copy(): Promise<void> {
    const said = this.#button!.parentElement!.querySelector(".copied")!;
    try {
      await navigator.clipboard.writeText(this.#text);
      said.textContent = "Copied";
    } catch {
      said.textContent = "The browser forbids copying: select the text instead.";
    }
    setTimeout(() => {
      said.textContent = "";
    }, SHOWN_MS);
  }
}

const copies = directive(Copies);

/** A button that copies `text`; `label` says what, for who cannot see where it stands. */
export const copyButton = (id: string, text: string, label: string) => html`
  <span class="copy">
    <span class="copied muted" role="status"></span>
    <button type="button" class="small" id=${id} aria-label=${label} ${copies(text)}>Copy</button>
  </span>
`;
