import { readFileSync } from 'node:fs';
import manifest from '../../package.json';
import { makeApiReport, REPORT_PATH } from '../support/api-report';

it('api-report.txt holds what the package exports; `npm run api-report` writes it anew', () => {
  const report = makeApiReport();
  expect(report).toContain('createMfa');
  expect(report).toBe(readFileSync(REPORT_PATH, 'utf8'));
});

it('every entry point has types under `moduleResolution: node`', () => {
  const { exports: entries, typesVersions } = manifest;
  const paths = Object.keys(entries).filter((entry) => entry !== '.' && !entry.endsWith('.json'));
  const expected = paths.map((entry) => [entry.slice(2), [`./dist/${entry.slice(2)}.d.ts`]]);
  expect(typesVersions).toEqual({ '*': Object.fromEntries(expected) });
});
