// Adds up every project's vitest report and ends with one line: `N passed, N failed, N skipped`.
// With CI set, a skipped test is a failure: everything a test needs is installed there.
import { readdirSync, readFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';

const totals = { passed: 0, failed: 0, skipped: 0 };
const skipped = [];
for (const group of ['packages', 'apps', 'tools']) {
  if (!existsSync(group)) continue;
  for (const name of readdirSync(group).sort()) {
    const project = join(group, name);
    const file = join(project, 'reports', 'vitest.json');
    if (!existsSync(join(project, 'package.json'))) continue;
    if (!existsSync(file)) {
      console.error(`test-summary: expected ${file}, got none; run the tests first`);
      process.exit(2);
    }
    const report = JSON.parse(readFileSync(file, 'utf8'));
    totals.passed += report.numPassedTests;
    totals.failed += report.numFailedTests;
    for (const suite of report.testResults)
      for (const test of suite.assertionResults)
        if (test.status !== 'passed' && test.status !== 'failed')
          skipped.push(`${project}: ${test.fullName}`);
  }
}
totals.skipped = skipped.length;
for (const name of skipped) console.log(`skipped: ${name}`);
console.log(`${totals.passed} passed, ${totals.failed} failed, ${totals.skipped} skipped`);
if (totals.failed > 0 || totals.passed === 0 || (process.env.CI && totals.skipped > 0)) process.exit(1);
