import { writeFileSync } from 'node:fs';

/**
 * A reporter of the browser runner: writes `{passed, failed}` to the file named by `COUNT_FILE`, if any.
 * A file that does not load counts as one failure.
 */
export function countReporter() {
  return {
    stop({ sessions }) {
      const counts = { passed: 0, failed: 0 };
      for (const session of sessions) {
        const before = counts.failed;
        countSuite(session.testResults, counts);
        if (!session.passed && counts.failed === before) counts.failed++;
      }
      if (process.env.COUNT_FILE) writeFileSync(process.env.COUNT_FILE, JSON.stringify(counts));
    },
  };
}

function countSuite(suite, counts) {
  for (const test of suite?.tests ?? []) {
    if (test.skipped) continue;
    counts[test.passed ? 'passed' : 'failed']++;
  }
  for (const inner of suite?.suites ?? []) countSuite(inner, counts);
}
