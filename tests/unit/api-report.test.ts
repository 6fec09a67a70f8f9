import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ENTRY_POINTS } from '../../build/package-code';
import { packageTypes } from '../../build/package-types';
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

it('the types refer only to packages that hosts have', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'packaged-types-'));
  try {
    await expect(packageTypes(folder, ENTRY_POINTS)).resolves.toBeUndefined();
  } finally {
    rmSync(folder, { recursive: true });
  }
});
