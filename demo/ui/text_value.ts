import { type ElementPart, nothing } from "lit-html";
import { Directive, directive } from "lit-html/directive.js";

/**
 * Writes into a field, `<input ${textValue("1.5", same)}>`, unless what is typed there already means the same: "1." stays
 * "1." while the value is 1.
 */
class TextValue extends Directive {
  render(_text: string, _same: (typed: string) => boolean): unknown {
    return nothing;
  }

  override update(part: ElementPart, [text, same]: [string, (typed: string) => boolean]): unknown {
    const input = part.element as HTMLInputElement;
    if (input.value !== text && !same(input.value)) input.value = text;
    return nothing;
  }
}

export const textValue = directive(TextValue);
