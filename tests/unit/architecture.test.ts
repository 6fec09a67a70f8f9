import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix, relative, sep } from 'node:path';

const root = join(__dirname, '..', '..');

interface SourceFile {
  readonly path: string;
  readonly text: string;
}

function readTree(folder: string, ...endings: string[]): SourceFile[] {
  let entries;
  try {
    entries = readdirSync(join(root, folder), { recursive: true, withFileTypes: true });
  } catch {
    return [];
  }
  return entries
    .filter((entry) => entry.isFile() && endings.some((ending) => entry.name.endsWith(ending)))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !path.includes(`${sep}node_modules${sep}`))
    .map((path) => ({
      path: relative(root, path).split(sep).join('/'),
      text: readFileSync(path, 'utf8'),
    }));
}

const sources = readTree('src', '.ts');
const twins = readTree('src', '.mts');
const views = readTree('views', '.ejs');
const code = [...sources, ...readTree('example-app', '.ts', '.js'), ...readTree('tests', '.ts', '.js')];

/** What the files of each layer of `src/` may import, besides their own layer. */
const allowedImports: Readonly<Record<string, readonly string[]>> = {
  core: [],
  messages: [],
  testing: ['api', 'delivery', 'stores', 'events', 'core'],
  events: ['records', 'stores', 'core'],
  options: ['factors', 'events', 'delivery', 'stores', 'messages', 'core'],
  stores: ['events', 'options', 'core'],
  records: ['stores', 'core'],
  delivery: ['factors', 'options', 'stores', 'messages', 'core'],
  factors: ['records', 'stores', 'messages', 'core'],
  flows: ['factors', 'delivery', 'records', 'stores', 'events', 'options', 'messages', 'core'],
  http: ['flows', 'factors', 'records', 'events', 'options', 'stores', 'messages', 'core'],
  api: ['http', 'flows', 'factors', 'records', 'events', 'options', 'stores', 'messages', 'core'],
  cli: ['api', 'options'],
  root: [
    'testing',
    'api',
    'http',
    'flows',
    'factors',
    'delivery',
    'records',
    'stores',
    'events',
    'options',
    'messages',
    'core',
  ],
};

/** The wiring and the entry points are for hosts; nothing inside leans on them. */
const entryPoints = /^src\/(index|create-mfa|postgres|redis|smtp|twilio|testing)$/;

/** A flow and a route speak to a store contract; only the wiring and the entry points know an implementation. */
const storeContracts = /^src\/stores\/[^/]+$/;

function layerOf(path: string): string {
  if (/^src\/cli(\.ts)?$/.test(path)) return 'cli';
  const [, folder, rest] = path.split('/');
  return folder !== undefined && rest !== undefined ? folder : 'root';
}

function importsOf(file: SourceFile): string[] {
  const specifiers = [
    ...file.text.matchAll(/\b(?:from|import|require)\s*\(?\s*['"](\.{1,2}(?:\/[^'"]*)?)['"]/g),
  ];
  return specifiers.map(([, specifier]) => posix.join(dirname(file.path), specifier ?? ''));
}

function forbiddenImports(file: SourceFile): string[] {
  const from = layerOf(file.path);
  return importsOf(file)
    .filter((target) => {
      const to = layerOf(target);
      if (!target.startsWith('src')) return true;
      if (entryPoints.test(target)) return from !== 'root';
      if (to === from) return false;
      if (!(allowedImports[from] ?? []).includes(to)) return true;
      return to === 'stores' && from !== 'root' && !storeContracts.test(target);
    })
    .map((target) => `${file.path} imports ${target}`);
}

/** Each cycle once, from the file at which it was found back to it. */
function findCycles(files: readonly SourceFile[]): string[][] {
  const imports = new Map(files.map((file) => [file.path.replace(/\.ts$/, ''), importsOf(file)]));
  const seen = new Set<string>();
  const cycles: string[][] = [];
  const visit = (path: string, trail: readonly string[]): void => {
    if (trail.includes(path)) cycles.push([...trail.slice(trail.indexOf(path)), path]);
    if (seen.has(path)) return;
    seen.add(path);
    for (const target of imports.get(path) ?? []) visit(target, [...trail, path]);
  };
  for (const path of imports.keys()) visit(path, []);
  return cycles;
}

const textWithoutComments = (text: string) => text.replaceAll(/\/\*[\s\S]*?\*\/|(?<!:)\/\/.*$/gm, '');

const holding = (files: readonly SourceFile[], pattern: RegExp) =>
  files.filter(({ text }) => pattern.test(textWithoutComments(text))).map(({ path }) => path);

describe('the shape of the sources', () => {
  it('sorts every file into a known layer', () => {
    const layers = new Set(sources.map(({ path }) => layerOf(path)));
    expect([...layers].filter((layer) => !(layer in allowedImports))).toEqual([]);
  });

  it('imports in one direction: http, flows, factors and delivery, core', () => {
    expect(sources.flatMap(forbiddenImports)).toEqual([]);
  });

  it('sees an import against the direction', () => {
    const planted = (path: string, text: string) => forbiddenImports({ path, text });
    expect(planted('src/core/policy/policy.ts', "import { x } from '../../options/ports';")).toHaveLength(1);
    expect(
      planted('src/core/policy/policy.ts', "import type { x } from '../../records/records';"),
    ).toHaveLength(1);
    expect(
      planted('src/stores/redis/keys.ts', "export { x } from '../../flows/sign-in/log-in';"),
    ).toHaveLength(1);
    expect(
      planted('src/flows/sign-in/log-in.ts', "const x = await import('../../http/sign-in/guard');"),
    ).toHaveLength(1);
    expect(
      planted('src/flows/sign-in/log-in.ts', "import { x } from '../../stores/redis/keys';"),
    ).toHaveLength(1);
    expect(planted('src/flows/sign-in/log-in.ts', "import { x } from '../../records/records';")).toHaveLength(
      0,
    );
    expect(planted('src/http/sign-in/guard.ts', "import { x } from '../../create-mfa';")).toHaveLength(1);
    expect(planted('src/core/policy/policy.ts', "import { x } from './grace';")).toHaveLength(0);
    expect(planted('src/cli/run-command.ts', "import { x } from '../flows/admin/member-acts';")).toHaveLength(
      1,
    );
    expect(planted('src/cli/run-command.ts', "import { x } from '../create-mfa';")).toHaveLength(1);
    expect(planted('src/api/mfa.ts', "import { x } from '../cli/commands';")).toHaveLength(1);
    expect(planted('src/index.ts', "import { x } from './cli/commands';")).toHaveLength(1);
    expect(planted('src/index.ts', "import { x } from './cli';")).toHaveLength(1);
  });

  it('has no file that imports itself through others, types included', () => {
    expect(findCycles(sources)).toEqual([]);
  });

  it('sees a cycle of imports', () => {
    const cycle = [
      { path: 'src/core/a.ts', text: "import type { B } from './policy/b';" },
      { path: 'src/core/policy/b.ts', text: "export { c } from '../c';" },
      { path: 'src/core/c.ts', text: "import './a';\nimport { d } from './d';" },
      { path: 'src/core/d.ts', text: "import { C } from 'c';" },
    ];
    expect(findCycles(cycle)).toEqual([['src/core/a', 'src/core/policy/b', 'src/core/c', 'src/core/a']]);
  });

  it('keeps no loose files where folders say what belongs together', () => {
    const loose = sources.filter(({ path }) => /^src\/(http|flows)\/[^/]+$/.test(path));
    expect(loose.map(({ path }) => path)).toEqual([]);
  });

  it('decides, stores and reports events in flows, and in http only for the session', () => {
    const web = sources.filter(({ path }) => /^src\/http\/(?!session\/)/.test(path));
    expect(holding(web, /\bdecide\(|\bevents\.report\(|\bcontext\.(?:records|state)\b/)).toEqual([]);
  });

  it('keeps Express out of the flows', () => {
    const flows = sources.filter(({ path }) => path.startsWith('src/flows/'));
    expect(holding(flows, /from 'express'/)).toEqual([]);
  });

  it('keeps every file at 250 lines or fewer', () => {
    const files = [
      ...sources,
      ...views,
      ...readTree('example-app', '.ts', '.ejs'),
      ...readTree('views', '.js'),
    ];
    const long = files.filter(({ text }) => text.trimEnd().split('\n').length > 250);
    expect(long.map(({ path }) => path)).toEqual([]);
  });

  it('gives every file a name that says what it holds', () => {
    const vague = /(^|\/)(utils?|helpers?|common|misc|types|constants|base)(\.[cm]?ts$|\/)/;
    const roles = /-(manager|service|handler|impl)\.ts$/;
    const named = /^[a-z0-9]+(-[a-z0-9]+)*\.ts$/;
    const odd = sources.filter(
      ({ path }) => vague.test(path) || roles.test(path) || !named.test(posix.basename(path)),
    );
    expect(odd.map(({ path }) => path)).toEqual([]);
    const vagueCode = code.filter(({ path }) => vague.test(path));
    expect(vagueCode.map(({ path }) => path)).toEqual([]);
  });

  it('declares no class named after a role instead of a thing', () => {
    expect(holding(sources, /\bclass \w+(Manager|Service|Handler|Impl)\b/)).toEqual([]);
  });

  it('draws no randomness that can be guessed', () => {
    expect(holding(sources, /\bMath\s*\.\s*random\b/)).toEqual([]);
  });

  it('lists its exports by name, except where a module twin repeats an entry point', () => {
    expect(holding(sources, /\bexport\s*\*/)).toEqual([]);
    for (const { path, text } of twins) {
      expect(text.trim()).toBe(`export * from './${posix.basename(path, '.mts')}.js';`);
    }
  });

  it('imports zod as a namespace, so that the package holds only the parts that it calls', () => {
    expect(holding(sources, /import (?:type )?\{[^}]*\} from 'zod'/)).toEqual([]);
  });

  it('does not silence the compiler', () => {
    const silenced =
      /(?::|\bas|<|\|)\s*any\b(?!\s*['"])|\bas unknown as\b|@ts-(?:ignore|nocheck|expect-error)/;
    const found = sources.filter(({ text }) =>
      silenced.test(text.replaceAll(/^\s*(?:\*|\/\/|\/\*\*).*$/gm, '')),
    );
    expect(found.map(({ path }) => path)).toEqual([]);
  });
});

describe('the shape of the views', () => {
  it('writes raw output for includes and messages only', () => {
    const raw = views.flatMap(({ path, text }) =>
      [...text.matchAll(/<%-(?!\s*(?:include|html)\()[^%]*/g)].map(([tag]) => `${path}: ${tag}`),
    );
    expect(raw).toEqual([]);
  });

  it('holds no inline script, style or handler outside mails', () => {
    const inline = /<style\b|<script\b(?![^>]*\bsrc=)|\sstyle=|\son[a-z]+=|javascript:/i;
    const pages = views.filter(({ path }) => !path.startsWith('views/email/'));
    expect(pages.filter(({ text }) => inline.test(text)).map(({ path }) => path)).toEqual([]);
  });
});
