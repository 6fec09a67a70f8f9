import { readFileSync } from 'node:fs';
import { makeApiReport, REPORT_PATH } from '../support/api-report';

it('api-report.txt holds what the package exports; `npm run api-report` writes it anew', () => {
  const report = makeApiReport();
  expect(report).toContain('createMfa');
  expect(report).toBe(readFileSync(REPORT_PATH, 'utf8'));
});
