import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { transformSync } from 'esbuild';
import { EVENT_NAMES } from '../../src/events/events';
import { TOKEN_REFUSALS } from '../../src/http/kernel/token-refusal';
import { OPTION_DEFAULTS } from '../../src/index';
import { codeIn, firstColumn, listDocs, readDoc, ROOT, sectionOf } from '../support/docs';

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

/** For each block of JavaScript, the headings that it stands under. */
function headingsOfCode(path: string): readonly (readonly string[])[] {
  const found: string[][] = [];
  let headings: string[] = [];
  for (const line of readDoc(path).split('\n')) {
    const [, marks = '', heading = ''] = /^(#+) (.+)$/.exec(line) ?? [];
    if (heading !== '') headings = [...headings.slice(0, marks.length - 1), heading];
    if (/^ *```js$/.test(line)) found.push(headings);
  }
  return found;
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

  it('holds only JavaScript that can be parsed', () => {
    const blocks = DOCS.flatMap((path) => [...readDoc(path).matchAll(/^ *```js\n(.*?)^ *```$/gms)]).map(
      ([, code]) => code ?? '',
    );
    expect(blocks.length).toBeGreaterThan(20);
    // Express runs handlers, and modules run as a whole, where await is allowed.
    for (const code of blocks) expect(() => transformSync(code, { format: 'esm' })).not.toThrow();
  });

  it('holds only JavaScript that a test runs', () => {
    const folders = ['tests/integration/docs', 'tests/contract'];
    const tests = folders
      .flatMap((folder) => readdirSync(join(ROOT, folder)).map((name) => join(ROOT, folder, name)))
      .filter((path) => path.endsWith('.test.ts'))
      .map((path) => readFileSync(path, 'utf8'))
      .join('\n');
    const sections = DOCS.flatMap((path) => headingsOfCode(path).map((headings) => ({ path, headings })));
    expect(sections.length).toBeGreaterThan(20);
    const isRun = ({ path, headings }: (typeof sections)[number]) =>
      headings
        .slice(headings.length > 1 ? 1 : 0)
        .some((heading) => tests.includes(`('${path}', '${heading}'`));
    expect(sections.filter((section) => !isRun(section))).toEqual([]);
  });

  it('names only source files and folders that exist', () => {
    const named = DOCS.filter((path) => path !== 'CHANGELOG.md').flatMap((path) =>
      [...readDoc(path).matchAll(/`((?:src|tests|views)(?:\/[\w./-]+)?)`/g)].map(([, name]) => name ?? ''),
    );
    expect(named.length).toBeGreaterThan(20);
    expect(named.filter((name) => !existsSync(join(ROOT, name)))).toEqual([]);
  });

  it('draws a login with modules that exist', () => {
    const [picture = ''] = /```\n(.*?)```/s.exec(readDoc('docs/architecture.md')) ?? [];
    const modules = [...picture.matchAll(/\b(?:challenge|pages|session|sign-in)\/[a-z-]+/g)].map(
      ([name]) => name,
    );
    expect(modules.length).toBeGreaterThan(5);
    const exists = (name: string) =>
      ['http', 'flows'].some((folder) => existsSync(join(ROOT, 'src', folder, `${name}.ts`)));
    expect(modules.filter((name) => !exists(name))).toEqual([]);
  });

  it('lists every page of docs/ in its index', () => {
    const indexed = new Set(linksOf('docs/README.md').map(({ to }) => to));
    const pages = DOCS.filter((path) => path.startsWith('docs/') && path !== 'docs/README.md');
    expect(pages.filter((path) => !indexed.has(path))).toEqual([]);
  });

  it('lists every option in the order of its interface, and no other', () => {
    const namesIn = (path: string, from: RegExp) =>
      [...(from.exec(source(path))?.[0] ?? '').matchAll(/^ {2}readonly (\w+)\??:/gm)].map(
        ([, name = '']) => name,
      );
    const own = namesIn('options/options.ts', /export interface MfaOptions<.*?\n}\n/s);
    const language = namesIn('options/languages.ts', /export interface LanguageOptions .*?\n}\n/s);
    const reporting = namesIn('options/report-options.ts', /export interface ReportOptions .*?\n}\n/s);
    const isDanger = (name: string) => name.startsWith('dangerously');
    const names = [
      ...own.filter((name) => !isDanger(name)),
      ...language,
      ...reporting,
      ...own.filter(isDanger),
    ];
    expect(names.length).toBeGreaterThan(20);
    expect(firstColumn(readDoc('docs/options.md'))).toEqual(names);
  });

  it('says the default of every option that has a simple one', () => {
    const rows = new Map(
      [...readDoc('docs/options.md').matchAll(/^\| `(\w+)` .*\| ([^|]+?) *\|$/gm)].map(([, name, value]) => [
        name,
        value,
      ]),
    );
    const simple = Object.entries(OPTION_DEFAULTS).flatMap(([name, value]) =>
      typeof value === 'object' || name === 'csrfField' ? [] : [[name, `\`${value}\``]],
    );
    expect(simple.length).toBeGreaterThan(10);
    expect(simple.map(([name = '']) => [name, rows.get(name)])).toEqual(simple);
  });

  it('lists every field of a policy, and no other', () => {
    const body = /export interface Policy \{.*?\n}\n/s.exec(source('core/policy/policy.ts'))?.[0] ?? '';
    const names = [...body.matchAll(/^ {2}readonly (\w+)\??:/gm)].map(([, name]) => name ?? '');
    const [table = ''] = sectionOf('docs/policy.md', 'Fields').split('\n\n`enrollment` has');
    const listed = firstColumn(table);
    expect(listed.toSorted()).toEqual(
      names.filter((name) => !['organizationId', 'version'].includes(name)).toSorted(),
    );
  });

  it('lists every event, and no other', () => {
    expect(firstColumn(sectionOf('docs/events-and-errors.md', 'Events'))).toEqual([...EVENT_NAMES]);
  });

  const statuses = /const STATUS[^{]*\{(.*?)\n\};/s.exec(source('core/errors.ts'))?.[1] ?? '';
  const errorCodes = [...statuses.matchAll(/'([a-z-]+)': (\d+)/g)];

  it('lists every error code with its status, and no other', () => {
    const codes = errorCodes.map(([, code, status]) => `${code} ${status}`);
    const errors = sectionOf('docs/events-and-errors.md', 'Errors');
    const rows = [...errors.matchAll(/^\| `([a-z-]+)`\s*\| (\d+)\s*\|/gm)].map(
      ([, code, status]) => `${code} ${status}`,
    );
    expect(codes.length).toBeGreaterThan(5);
    expect(rows).toEqual(codes);
  });

  it('says what to do about every error code and every reason of a refused form', () => {
    const page = 'docs/troubleshooting.md';
    const [byCode = '', byReason = ''] = sectionOf(page, 'By error code').split('\n### ');
    expect(firstColumn(byCode)).toEqual(errorCodes.map(([, code]) => code));
    expect(firstColumn(byReason)).toEqual([...TOKEN_REFUSALS]);
  });
});

describe('docs/getting-started.md', () => {
  it('shows every line that changes in the small app, and no other', () => {
    const read = (name: string) => readDoc(`tests/support/tiny-host/${name}/app.js`).split('\n');
    const [before, after] = [read('before'), read('after')];
    const [diff = ''] = codeIn('docs/getting-started.md', 'Add it to an existing app', 'diff');
    const shown = (sign: string) =>
      diff
        .split('\n')
        .filter((line) => line.startsWith(sign))
        .map((line) => line.slice(1));
    // A line such as `});` may stand in both.
    for (const line of shown('-')) expect(before).toContain(line);
    for (const line of shown('+')) expect(after).toContain(line);
    expect(before.filter((line) => !after.includes(line) && !shown('-').includes(line))).toEqual([]);
    expect(after.filter((line) => !before.includes(line) && !shown('+').includes(line))).toEqual([]);
  });
});

describe('docs/requirements.md', () => {
  it('quotes only names of tests that exist', () => {
    const tests = ['tests', 'src/testing']
      .flatMap((folder) =>
        readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
          .filter((name) => name.endsWith('.ts'))
          .map((name) => readFileSync(join(ROOT, folder, name), 'utf8')),
      )
      .join('\n');
    const requirements = readDoc('docs/requirements.md').split('\n## ').slice(1).join('\n');
    const names = [...requirements.matchAll(/“([^”]+)”/g)].map(([, name]) => name ?? '');
    expect(names.length).toBeGreaterThan(150);
    expect(names.filter((name) => !tests.includes(name))).toEqual([]);
  });
});

describe('README.md', () => {
  it('has at most 15 KB', () => {
    expect(statSync(join(ROOT, 'README.md')).size).toBeLessThanOrEqual(15_000);
  });

  it('quotes only figures that stand in docs/benchmarks.md', () => {
    const rowsOf = (path: string) =>
      (readDoc(path).split('figures -->')[1] ?? '')
        .split('\n')
        .map((line) => line.replaceAll(/ +/g, ' '))
        .filter((line) => line.startsWith('|') && !/^[|\s:-]+$/.test(line));
    const [quoted, all] = [rowsOf('README.md'), rowsOf('docs/benchmarks.md')];
    expect(quoted.length).toBeGreaterThan(1);
    expect(quoted.filter((row) => !all.some((line) => line.startsWith(row)))).toEqual([]);
  });

  it('links only to files that npm ships, except for screenshots', () => {
    const outside = linksOf('README.md').filter(
      ({ to }) => !to.startsWith('example-app/screenshots') && !isShipped(to),
    );
    expect(outside.map(({ link }) => link)).toEqual([]);
  });
});
