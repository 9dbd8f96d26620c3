/**
 * A reporter of node:test: `{passed, failed, failures}` over the tests themselves, suites and files left out;
 * `failures` are sentences.
 */
export default async function* countNode(events) {
  const counts = { passed: 0, failed: 0, failures: [] };
  for await (const { type, data } of events) {
    if (type !== 'test:pass' && type !== 'test:fail') continue;
    if (type === 'test:pass' && (data.skip !== undefined || data.todo !== undefined)) continue;
    // A file is reported as a test when nothing in it ran; a suite fails with its tests.
    const container = data.details?.type === 'suite' || isFile(data);
    if (type === 'test:pass' && !container) counts.passed++;
    if (type !== 'test:fail' || (container && !isOwnFailure(data))) continue;
    counts.failed++;
    counts.failures.push(`${data.file ?? ''} > ${data.name}: ${reasonOf(data)}`);
  }
  yield JSON.stringify(counts);
}

function isFile({ name, nesting }) {
  return nesting === 0 && /\.test\.ts$/.test(name);
}

// A hook that threw or a file that did not load fails with no test of its own to blame.
function isOwnFailure({ details }) {
  return details?.error?.failureType !== 'subtestsFailed';
}

function reasonOf({ details }) {
  const { message, cause } = details?.error ?? {};
  return String(cause?.message ?? message);
}
