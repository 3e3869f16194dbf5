import { Directive, directive, type ElementPart, type PartInfo, PartType } from "lit-html/directive.js";

type Styles = Readonly<Record<string, string | number | null>>;

/**
 * Sets CSS properties of an element: `<div class="bar" ${styleVars({ "--fraction": 0.4 })}>`. The Content-Security-Policy
 * forbids style attributes in markup, but not the style object. null takes a property away.
 */
class StyleVars extends Directive {
  #set: Styles = {};

  constructor(info: PartInfo) {
    super(info);
    if (info.type !== PartType.ELEMENT)
      throw new Error("styleVars stands in a tag, where an attribute would.");
  }

  render(_styles: Styles): void {}

  override update(part: ElementPart, [styles]: [Styles]): void {
    const { style } = part.element as HTMLElement;
    for (const name of Object.keys(this.#set)) if (!(name in styles)) style.removeProperty(name);
    for (const [name, value] of Object.entries(styles)) {
      if (value === null) style.removeProperty(name);
      else if (value !== this.#set[name]) style.setProperty(name, String(value));
    }
    this.#set = styles;
  }
}

export const styleVars = directive(StyleVars);
