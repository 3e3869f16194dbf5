/**
 * Writes numbers that stand below each other: all with as many decimals as the greatest of `values` needs for `digits`
 * digits, grouped, with a true minus.
 *
 * @param plus whether what is above 0 gets a plus
 */
export function evenNumbers(values: readonly number[], digits: number, plus = false): (x: number) => string {
  const greatest = Math.max(0, ...values.map(Math.abs).filter(Number.isFinite));
  const decimals =
    greatest > 0 ? Math.min(12, Math.max(0, digits - 1 - Math.floor(Math.log10(greatest)))) : 0;
  const format = new Intl.NumberFormat("en", {
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
  });
  return (x) => {
    const text = format.format(Math.abs(x));
    const sign = !/[1-9]/.test(text) ? "" : x < 0 ? "−" : plus ? "+" : "";
    return sign + text;
  };
}
