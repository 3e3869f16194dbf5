import { describe, expect, it } from "vitest";
import { PlainNumber } from "../../src/data/plain_number.ts";
import { Random } from "../../src/random.ts";

const plain = new PlainNumber();

describe("PlainNumber", () => {
  it.each([
    "0",
    "7",
    "-12",
    "0.5",
    "-0",
    "1.50",
    "100000000000000",
    "123456.789012345",
    "0.000001",
    "-0.0000001",
  ])("reads %s as Number does, and knows whether it is written as JavaScript writes it", (text) => {
    expect(plain.read(text)).toBe(true);
    expect(Object.is(plain.value, Number(text)), `${plain.value}`).toBe(true);
    expect(plain.canonical).toBe(String(Number(text)) === text);
    expect(plain.whole).toBe(!text.includes("."));
  });

  it.each([
    "",
    "-",
    ".",
    ".5",
    "5.",
    "1e3",
    "+1",
    " 1",
    "007",
    "-05",
    "00.5",
    "1.2.3",
    "1,5",
    "1234567890123456",
    "x",
    "１",
  ])("leaves %j to others", (text) => {
    expect(plain.read(text)).toBe(false);
  });

  it("agrees with Number and String on many decimal fractions", () => {
    const random = new Random(1, 1);
    for (let i = 0; i < 20_000; i++) {
      const digits = String(Math.floor(random.uniform() * 10 ** (1 + (i % 15))));
      const point = i % (digits.length + 1);
      const text = point === 0 ? digits : `${digits.slice(0, -point) || "0"}.${digits.slice(-point)}`;
      if (!plain.read(text)) {
        expect(/^0\d/.test(text) || text.replace(".", "").length > 15, text).toBe(true);
        continue;
      }
      if (plain.value !== Number(text) || plain.canonical !== (String(Number(text)) === text)) {
        expect.fail(`${text}: ${plain.value}, canonical ${plain.canonical}`);
      }
    }
  });
});
