import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { adapterLine, launchHeadless } from "tabgpu/headless";

const { BROWSER: browser = "chromium", ADAPTER: adapter = "auto" } = process.env;

let run;
before(async () => {
  run = await launchHeadless({ browser, adapter, folder: import.meta.dirname });
  console.log(`${run.browser.version}: ${adapterLine(run.adapter)}`);
});
after(() => run?.close());

/** The same in double precision, as plain as can be. */
function reference(x, columns) {
  const y = new Float64Array(x.length);
  for (let first = 0; first < x.length; first += columns) {
    const row = x.subarray(first, first + columns);
    const largest = Math.max(...row);
    const sum = row.reduce((total, value) => total + Math.exp(value - largest), 0);
    row.forEach((value, c) => {
      y[first + c] = Math.exp(value - largest) / sum;
    });
  }
  return y;
}

/** Numbers from -range to range, the same in every run. */
function numbers(length, range) {
  let state = 1;
  return Float32Array.from({ length }, () => {
    state = (state * 48271) % 2147483647;
    return range * ((2 * state) / 2147483647 - 1);
  });
}

describe("softmax", () => {
  // None, one, a tile of 64 and its neighbours, many tiles, a prime: where kernels go wrong.
  for (const columns of [0, 1, 63, 64, 65, 1000, 1009]) {
    it(`of 3 rows of ${columns}`, () => check(numbers(3 * columns, 10), columns));
  }

  it("of numbers whose exp overflows", () => check(numbers(3 * 65, 1000), 65));
});

async function check(x, columns) {
  const { value } = await run.call({ module: "kernels.js", function: "softmax", argument: { x, columns } });
  const expected = reference(x, columns);
  assert.equal(value.length, expected.length);
  expected.forEach((e, i) => {
    // WGSL's exp may be off by 3 + 2|x| units in the last place. Written so that NaN fails.
    const close = Math.abs(value[i] - e) <= 3e-5 * e + 1e-30;
    assert.ok(close, `row ${Math.floor(i / columns)}, column ${i % columns}: ${value[i]}, expected ${e}`);
  });
}
