import type { Reporter, SerializedError, TestCase, TestModule, Vitest } from 'vitest/node';

/**
 * Ends a run by saying what it did not check. In CI everything must be checked, so there a skip
 * fails the run.
 */
export default class SkipsReporter implements Reporter {
  #isFiltered = false;

  onInit({ config }: Vitest): void {
    this.#isFiltered = config.testNamePattern !== undefined;
  }

  onTestRunEnd(modules: readonly TestModule[], errors: readonly SerializedError[]): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const skipped = tests.filter((test) => stateOf(test) === 'skipped');
    const broken = errors.length + modules.filter((module) => module.errors().length > 0).length;
    const failed = tests.filter((test) => stateOf(test) === 'failed').length + broken;
    const passed = tests.filter((test) => stateOf(test) === 'passed').length;

    // With a name pattern the runner counts everything else as skipped.
    if (!this.#isFiltered) this.#list(skipped);
    console.log(`${passed} passed, ${failed} failed, ${skipped.length} skipped`);
  }

  #list(skipped: readonly TestCase[]): void {
    for (const test of skipped) {
      console.log(`skipped: ${test.module.relativeModuleId} > ${test.fullName}: ${reasonOf(test)}`);
    }
    if (skipped.length > 0 && process.env.CI === 'true') {
      console.log('In CI nothing may be skipped: install what is missing, or remove the test.');
      process.exitCode = 1;
    }
  }
}

function stateOf(test: TestCase) {
  return test.result().state;
}

function reasonOf(test: TestCase): string {
  const result = test.result();
  return (result.state === 'skipped' && result.note) || 'no reason was given';
}
