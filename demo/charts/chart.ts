import type { ElementPart } from "lit-html";
import { AsyncDirective } from "lit-html/async-directive.js";
import { directive } from "lit-html/directive.js";
import { inFrame, notInFrame } from "../ui/frames.ts";
import { theme } from "../ui/theme.ts";

/** A drawing within an element of the page. */
export interface Chart<D> {
  /** Draws other data; called again with the same when the width or the theme has changed. */
  show(data: D): void;
  dispose(): void;
}

/**
 * Keeps a chart within an element: `<div class="chart" ${chart(PointChart, data)}></div>`. It is made with the element,
 * drawn again when `data` is another object or the width or the theme changes, and disposed of with the element.
 */
class ChartDirective extends AsyncDirective {
  #chart: Chart<unknown> | null = null;
  #data: unknown;
  #end: (() => void)[] = [];
  #part: { element: HTMLElement; kind: new (host: HTMLElement) => Chart<unknown> } | null = null;

  render(_kind: new (host: HTMLElement) => Chart<never>, _data: unknown): void {}

  override update(part: ElementPart, [kind, data]: [new (host: HTMLElement) => Chart<never>, unknown]): void {
    this.#part = {
      element: part.element as HTMLElement,
      kind: kind as unknown as new (host: HTMLElement) => Chart<unknown>,
    };
    const changed = data !== this.#data;
    this.#data = data;
    if (!this.#chart) this.#begin();
    else if (changed) this.#draw();
  }

  #begin(): void {
    if (!this.#part) return;
    const { element, kind } = this.#part;
    const chart = new kind(element);
    this.#chart = chart;
    let width = 0;
    const resized = new ResizeObserver(() => {
      if (element.clientWidth === width || element.clientWidth === 0) return;
      width = element.clientWidth;
      this.#draw();
    });
    resized.observe(element);
    const untheme = theme.subscribe(() => {
      if (width > 0) this.#draw();
    });
    this.#end = [() => notInFrame(this), () => resized.disconnect(), untheme, () => chart.dispose()];
  }

  /** Not now: many may have to be drawn, and each takes its time. */
  #draw(): void {
    inFrame(this, () => this.#chart?.show(this.#data));
  }

  override disconnected(): void {
    for (const end of this.#end) end();
    this.#end = [];
    this.#chart = null;
  }

  override reconnected(): void {
    this.#begin();
  }
}

/** See {@link ChartDirective}. */
export const chart = directive(ChartDirective) as <D>(
  kind: new (host: HTMLElement) => Chart<D>,
  data: D,
) => ReturnType<ReturnType<typeof directive>>;
