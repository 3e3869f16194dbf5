import { InvalidArgumentError } from "commander";
import { describe, expect, it } from "vitest";
import * as values from "../../src/cli/option_values.ts";

const refused = (parse: (text: string) => unknown, ...texts: string[]) => {
  for (const text of texts) expect(() => parse(text), text).toThrow(InvalidArgumentError);
};

describe("option values", () => {
  it("reads names, also quoted ones with a comma", () => {
    expect(values.nameList("Store, DayOfWeek")).toEqual(["Store", "DayOfWeek"]);
    expect(values.nameList('a,"b, c",d')).toEqual(["a", "b, c", "d"]);
    refused(values.nameList, "", "a,,b", ",");
  });

  it("reads one character, and kinds of columns", () => {
    expect(values.character(";")).toBe(";");
    expect(values.character("\\t")).toBe("\t");
    refused(values.character, "", ";;", "tab");
    expect(values.kindList('Zip=text,"a, b=number",x=y=date')).toEqual({
      Zip: "text",
      "a, b": "number",
      "x=y": "date",
    });
    refused(values.kindList, "Zip", "Zip=int", "=text");
  });

  it("reads whole numbers", () => {
    expect(values.positiveInteger("5")).toBe(5);
    expect(values.integer("-3")).toBe(-3);
    refused(values.positiveInteger, "0", "-1", "1.5", "five", "", "0x10", "Infinity");
    refused(values.integer, "1.5", "1e400", "");
  });

  it("reads rates and shares, both sides of each boundary", () => {
    expect(values.positiveNumber("1e-3")).toBe(0.001);
    refused(values.positiveNumber, "0", "-1e-3", "1e400", "1,5");
    expect(values.notNegative("0")).toBe(0);
    refused(values.notNegative, "-0.1", "nan");
    expect(values.fraction(".2")).toBe(0.2);
    refused(values.fraction, "0", "1", "20");
    expect(values.probability("0")).toBe(0);
    refused(values.probability, "1", "-0.1");
    expect(values.batchSize("2")).toBe(2);
    refused(values.batchSize, "1", "64.5");
  });

  it("reads lists of widths and probabilities", () => {
    expect(values.widthList("1000,500")).toEqual([1000, 500]);
    expect(values.widthList("none")).toEqual([]);
    refused(values.widthList, "", "200,", "200,0", "a");
    expect(values.probabilityList("0.001,0.01")).toEqual([0.001, 0.01]);
    refused(values.probabilityList, "0.1,1");
  });

  it("reads a range, the lower end first", () => {
    expect(values.range("-1,10.8")).toEqual([-1, 10.8]);
    refused(values.range, "10,0", "1,1", "1", "1,2,3", "a,b", "0,1e400");
  });

  it("checks metrics by name", () => {
    expect(values.metricList("exp_rmspe,rmse")).toEqual(["exp_rmspe", "rmse"]);
    expect(() => values.metricList("exp_rmpse")).toThrow("Did you mean exp_rmspe?");
  });
});
