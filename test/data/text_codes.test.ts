import { describe, expect, it } from "vitest";
import { NO_CODE, TextCodes } from "../../src/data/text_codes.ts";

describe("TextCodes", () => {
  it("keeps short, long, empty and foreign texts apart", () => {
    const texts = [
      "",
      "\0",
      "\0\0",
      "a",
      "aa",
      "A",
      "abcd",
      "abcde",
      "abcd\0",
      "12345678",
      "123456789",
      "é",
      "aé",
      "日本",
      "\x7f",
      "\x80",
    ];
    const codes = new TextCodes();
    for (const text of texts) expect(codes.get(text), JSON.stringify(text)).toBe(NO_CODE);
    texts.forEach((text, code) => {
      codes.add(text, code - 1);
    });
    texts.forEach((text, code) => {
      expect(codes.get(text), JSON.stringify(text)).toBe(code - 1);
    });
    expect(codes.get("abcdf")).toBe(NO_CODE);
  });

  it("finds each of many, while it grows", () => {
    const codes = new TextCodes();
    for (let i = 0; i < 50_000; i++) codes.add(String(i * 7), i);
    for (let i = 0; i < 350_000; i++) {
      const code = codes.get(String(i));
      if (code !== (i % 7 === 0 ? i / 7 : NO_CODE)) expect.fail(`${i}: ${code}`);
    }
  });
});
