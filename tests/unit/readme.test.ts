import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { EVENT_NAMES } from '../../src/events/events';

const ROOT = join(__dirname, '..', '..');
const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');

function section(heading: string): string {
  const start = readme.indexOf(`\n## ${heading}\n`);
  if (start < 0) throw new Error(`README.md has no section ${heading}.`);
  const end = readme.indexOf('\n## ', start + 1);
  return readme.slice(start, end < 0 ? undefined : end);
}

/** The names in the first column of a section's table. */
function firstColumn(heading: string): string[] {
  return [...section(heading).matchAll(/^\| `([^`]+)`\s*\|/gm)].map(([, name]) => name ?? '');
}

function source(path: string): string {
  return readFileSync(join(ROOT, 'src', path), 'utf8');
}

describe('README.md', () => {
  it('lists every option in the order of its interface, and no other', () => {
    const body = /export interface MfaOptions<.*?\n}\n/s.exec(source('options/options.ts'))?.[0] ?? '';
    const names = [...body.matchAll(/^ {2}readonly (\w+)\??:/gm)].map(([, name]) => name ?? '');
    expect(names.length).toBeGreaterThan(20);
    expect(firstColumn('Options')).toEqual(names);
  });

  it('lists every event, and no other', () => {
    expect(firstColumn('Events')).toEqual([...EVENT_NAMES]);
  });

  it('lists every error code with its status, and no other', () => {
    const statuses = /const STATUS[^{]*\{(.*?)\n\};/s.exec(source('core/errors.ts'))?.[1] ?? '';
    const codes = [...statuses.matchAll(/'([a-z-]+)': (\d+)/g)].map(
      ([, code, status]) => `${code} ${status}`,
    );
    const rows = [...section('Errors').matchAll(/^\| `([a-z-]+)`\s*\| (\d+)\s*\|/gm)].map(
      ([, code, status]) => `${code} ${status}`,
    );
    expect(codes.length).toBeGreaterThan(5);
    expect(rows).toEqual(codes);
  });

  it('names only files that are there', () => {
    const paths = [...readme.matchAll(/\]\(((?!https?:|#)[^)]+)\)/g)].map(([, path]) => path ?? '');
    expect(paths.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
  });

  it('names only npm scripts that are there', () => {
    const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
      readonly scripts: Readonly<Record<string, string>>;
    };
    const named = [...readme.matchAll(/npm run ([\w:-]+)/g)].map(([, name]) => name ?? '');
    expect(named.filter((name) => scripts[name] === undefined)).toEqual([]);
  });
});
