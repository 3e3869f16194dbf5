import { signal } from "@preact/signals-core";
import { describe, expect, it } from "vitest";
import { Form } from "../../../demo/ui/form.ts";
import { decimalOf, parseDecimal, parseWhole } from "../../../demo/ui/parse.ts";

interface Pair {
  readonly a: number;
  readonly b: number;
}

function pairForm() {
  const settings = signal<Pair>({ a: 1, b: 2 });
  const form = new Form<Pair, keyof Pair>(
    settings,
    ({ a, b }) => ({ a: String(a), b: String(b) }),
    (texts) => {
      const [a, b] = [Number(texts.a), Number(texts.b)];
      const errors = { ...(Number.isNaN(a) ? { a: "no a" } : {}), ...(Number.isNaN(b) ? { b: "no b" } : {}) };
      return Object.keys(errors).length > 0 ? { errors } : { settings: { a, b } };
    },
  );
  return { settings, form };
}

describe("a form", () => {
  it("makes what was typed the settings when all of it is right", () => {
    const { settings, form } = pairForm();
    form.input("a", "7");
    expect(settings.value).toEqual({ a: 1, b: 2 });
    expect(form.take()).toBe(true);
    expect(settings.value).toEqual({ a: 7, b: 2 });
  });

  it("keeps what was typed wrong, and says so once it must", () => {
    const { settings, form } = pairForm();
    form.input("a", "x");
    expect([form.take(), form.error("a"), form.text("a")]).toEqual([false, undefined, "x"]);
    expect(form.insist()).toBe(false);
    expect([form.error("a"), form.error("b")]).toEqual(["no a", undefined]);
    form.input("a", "3");
    expect(form.error("a")).toBe(undefined);
    expect(form.insist()).toBe(true);
    expect(settings.value).toEqual({ a: 3, b: 2 });
  });

  it("tells what is wrong with a field once it is left, and does not nag while one is typed into", () => {
    const { form } = pairForm();
    form.input("a", "x");
    expect(form.error("a")).toBe(undefined);
    form.insist();
    form.input("a", "xy");
    expect(form.error("a")).toBe("no a");
    form.input("b", "y"); // being typed, while a is still wrong
    expect([form.error("a"), form.error("b")]).toEqual(["no a", undefined]);
    form.input("a", "7");
    form.input("a", "7z"); // right in between, and not left since
    expect(form.error("a")).toBe(undefined);
    form.insist();
    expect([form.error("a"), form.error("b")]).toEqual(["no a", "no b"]);
  });

  it("leaves settings that stay the same alone, so that nothing is built again", () => {
    const { settings, form } = pairForm();
    const before = settings.value;
    form.input("a", "1.0");
    expect(form.take()).toBe(true);
    expect(settings.value).toBe(before);
    expect(form.text("a")).toBe("1");
  });

  it("shows settings that change elsewhere, instead of what was typed in that field only", () => {
    const { settings, form } = pairForm();
    form.input("a", "x");
    form.input("b", "y");
    settings.value = { a: 9, b: 2 };
    expect([form.text("a"), form.text("b")]).toEqual(["9", "y"]);
  });
});

describe("numbers as people type them", () => {
  it("may have a decimal comma or a power of ten, and are not empty", () => {
    expect([decimalOf(" 0,01 "), decimalOf("1e-3"), decimalOf("")]).toEqual([0.01, 0.001, Number.NaN]);
    expect(parseDecimal("2", (x) => x < 1, "below 1")).toEqual({ error: "Write a number below 1." });
  });

  it("are whole where they must be", () => {
    for (const text of ["1.5", "-1", "1e2", "", "9"]) {
      expect(parseWhole(text, 1, 8), text).toEqual({ error: "Write a whole number from 1 to 8." });
    }
    expect(parseWhole(" 8 ", 1, 8)).toEqual({ value: 8 });
  });
});
