import { signal } from "@preact/signals-core";
import { html, nothing } from "lit-html";
import { offlineReady } from "../offline/register.ts";
import { forgetAll, keptSomething } from "../persistence/store.ts";

const asking = signal(false);

async function forget(): Promise<void> {
  await forgetAll();
  location.hash = "";
  location.reload();
}

/** Forgets what this browser keeps of the page, after asking once. */
export const startOver = () =>
  asking.value
    ? html`
        <p id="start-over-question">
          The table, the settings and the last trained model, as this browser keeps them, will be gone.
        </p>
        <div class="buttons">
          <button type="button" id="start-over-yes" @click=${forget}>Forget them and start over</button>
          <button
            type="button"
            id="start-over-no"
            @click=${() => {
              asking.value = false;
            }}
          >
            Keep them
          </button>
        </div>
      `
    : html`
        <p>
          ${
            keptSomething.value
              ? "The table, the settings and the last trained model are kept in this browser for your next visit."
              : "Nothing is kept in this browser yet."
          }
          ${offlineReady.value ? html`<span id="offline-ready">The page now opens without a network too.</span>` : nothing}
        </p>
        <div class="buttons">
          <button
            type="button"
            id="start-over"
            ?disabled=${!keptSomething.value}
            @click=${() => {
              asking.value = true;
            }}
          >
            Start over
          </button>
        </div>
      `;
