import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { EVENT_NAMES } from '../../src/events/events';
import { firstColumn, listDocs, readDoc, ROOT, sectionOf } from '../support/docs';

const DOCS = listDocs();

const { scripts, files: shipped } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
  readonly scripts: Readonly<Record<string, string>>;
  readonly files: readonly string[];
};

function source(path: string): string {
  return readFileSync(join(ROOT, 'src', path), 'utf8');
}

/** The anchors that GitHub gives to the headings of a file. */
function anchorsOf(path: string): ReadonlySet<string> {
  const text = readDoc(path).replaceAll(/^```.*?^```$/gms, '');
  return new Set(
    [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading]) =>
      (heading ?? '')
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
        .replaceAll(' ', '-'),
    ),
  );
}

/** The relative links of a file: the path from the root, and the anchor. */
function linksOf(
  path: string,
): readonly { readonly link: string; readonly to: string; readonly anchor: string }[] {
  return [...readDoc(path).matchAll(/\]\(((?!\w+:)[^)\s]+)\)/g)].map(([, link = '']) => {
    const [file = '', anchor = ''] = link.split('#');
    const to = file === '' ? path : posix.normalize(posix.join(dirname(path), file));
    return { link: `${path}: ${link}`, to, anchor };
  });
}

function isShipped(path: string): boolean {
  if (shipped.includes(`!${path}`)) return false;
  return path === 'README.md' || shipped.some((entry) => path === entry || path.startsWith(`${entry}/`));
}

describe('the documentation', () => {
  it('links only to files and headings that exist', () => {
    const links = DOCS.flatMap(linksOf);
    expect(links.length).toBeGreaterThan(100);
    const broken = links.filter(({ to, anchor }) => {
      if (!existsSync(join(ROOT, to))) return true;
      return anchor !== '' && !anchorsOf(to).has(anchor);
    });
    expect(broken.map(({ link }) => link)).toEqual([]);
  });

  it('names only npm scripts that exist', () => {
    const named = DOCS.flatMap((path) => [...readDoc(path).matchAll(/npm run ([\w:-]+)/g)]).map(
      ([, name]) => name ?? '',
    );
    expect(named.filter((name) => scripts[name] === undefined)).toEqual([]);
  });

  it('lists every page of docs/ in its index', () => {
    const indexed = new Set(linksOf('docs/README.md').map(({ to }) => to));
    const pages = DOCS.filter((path) => path.startsWith('docs/') && path !== 'docs/README.md');
    expect(pages.filter((path) => !indexed.has(path))).toEqual([]);
  });

  it('lists every option in the order of its interface, and no other', () => {
    const body = /export interface MfaOptions<.*?\n}\n/s.exec(source('options/options.ts'))?.[0] ?? '';
    const names = [...body.matchAll(/^ {2}readonly (\w+)\??:/gm)].map(([, name]) => name ?? '');
    expect(names.length).toBeGreaterThan(20);
    expect(firstColumn(readDoc('docs/options.md'))).toEqual(names);
  });

  it('lists every event, and no other', () => {
    expect(firstColumn(sectionOf('docs/events-and-errors.md', 'Events'))).toEqual([...EVENT_NAMES]);
  });

  it('lists every error code with its status, and no other', () => {
    const statuses = /const STATUS[^{]*\{(.*?)\n\};/s.exec(source('core/errors.ts'))?.[1] ?? '';
    const codes = [...statuses.matchAll(/'([a-z-]+)': (\d+)/g)].map(
      ([, code, status]) => `${code} ${status}`,
    );
    const errors = sectionOf('docs/events-and-errors.md', 'Errors');
    const rows = [...errors.matchAll(/^\| `([a-z-]+)`\s*\| (\d+)\s*\|/gm)].map(
      ([, code, status]) => `${code} ${status}`,
    );
    expect(codes.length).toBeGreaterThan(5);
    expect(rows).toEqual(codes);
  });
});

describe('README.md', () => {
  it('has at most 15 KB', () => {
    expect(statSync(join(ROOT, 'README.md')).size).toBeLessThanOrEqual(15_000);
  });

  it('links only to files that npm ships, except for the folder of screenshots', () => {
    const outside = linksOf('README.md').filter(
      ({ to }) => to !== 'example-app/screenshots' && !isShipped(to),
    );
    expect(outside.map(({ link }) => link)).toEqual([]);
  });
});
