/**
 * A vitest reporter that ends the run with one plain line, `N passed, N failed`, for people and scripts alike.
 * Files that could not be loaded and errors outside of any test count as failures, so that nothing hides.
 */
export default class CountReporter {
  onTestRunEnd(modules, unhandledErrors) {
    const count = { passed: 0, failed: unhandledErrors.length, skipped: 0 };
    for (const module of modules) {
      count.failed += module.errors().length;
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        count[state === "pending" ? "failed" : state]++;
      }
    }
    this.line = `${count.passed} passed, ${count.failed} failed`;
    if (count.skipped > 0) this.line += `, ${count.skipped} skipped`;
    // After the default reporter's own summary, whatever the order of the two.
    process.once("exit", () => console.log(this.line));
  }
}
