import { writeFileSync } from 'node:fs';

/**
 * A reporter of the browser runner: writes `{passed, failed, failures}` to the file named by `COUNT_FILE`, if any.
 * `failures` are sentences. A file that does not load counts as one failure.
 */
export function countReporter() {
  return {
    stop({ sessions }) {
      const counts = { passed: 0, failed: 0, failures: [] };
      for (const session of sessions) {
        const before = counts.failed;
        const where = `${session.browser.name}, ${session.testFile}`;
        countSuite(session.testResults, counts, where);
        if (session.passed || counts.failed > before) continue;
        counts.failed++;
        counts.failures.push(`${where}: ${session.errors[0]?.message ?? 'failed outside of its tests'}`);
      }
      if (process.env.COUNT_FILE) writeFileSync(process.env.COUNT_FILE, JSON.stringify(counts));
    },
  };
}

function countSuite(suite, counts, where) {
  const inside = suite?.name ? `${where} > ${suite.name}` : where;
  for (const test of suite?.tests ?? []) {
    if (test.skipped) continue;
    counts[test.passed ? 'passed' : 'failed']++;
    if (!test.passed) counts.failures.push(`${inside} > ${test.name}: ${test.error?.message}`);
  }
  for (const inner of suite?.suites ?? []) countSuite(inner, counts, inside);
}
