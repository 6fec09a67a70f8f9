import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

// What the package exports, with its types, as text: a change of the public surface shows in the review of api-report.txt.

const ROOT = join(__dirname, '../..');
export const REPORT_PATH = join(ROOT, 'api-report.txt');

/** Every entry point with the declaration of each of its exports, in the order of their names. */
export function makeApiReport(): string {
  const { exports: entries } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
    readonly exports: Readonly<Record<string, unknown>>;
  };
  const types = mkdtempSync(join(tmpdir(), 'api-report-'));
  try {
    const args = ['-p', 'src', '--emitDeclarationOnly', '--removeComments', '--outDir', types];
    const built = spawnSync(join(ROOT, 'node_modules/.bin/tsc'), args, { cwd: ROOT, encoding: 'utf8' });
    if (built.status !== 0) throw new Error(built.stdout);
    return Object.keys(entries)
      .filter((entry) => !entry.endsWith('.json'))
      .map((entry) => reportOf(entry, join(types, `${entry === '.' ? 'index' : entry}.d.ts`)))
      .join('\n');
  } finally {
    rmSync(types, { recursive: true });
  }
}

function reportOf(entry: string, path: string): string {
  const names = [...exportsOf(path)].toSorted(([a], [b]) => (a < b ? -1 : 1));
  const declared = names.map(([name, from]) => declarationOf(name, from));
  return `# express-mfa${entry.slice(1)}\n\n${declared.join('\n')}`;
}

/** The file that declares each exported name. */
function exportsOf(path: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const text = readFileSync(path, 'utf8');
  for (const [, names = '', from = ''] of text.matchAll(/^export (?:type )?\{([^}]*)\} from '([^']+)';/gm)) {
    for (const name of names.split(',').map((part) => part.trim())) {
      if (name !== '') found.set(name.replace(/^type /, ''), resolve(path, from));
    }
  }
  return found;
}

function resolve(path: string, from: string): string {
  const target = join(dirname(path), from);
  return [`${target}.d.ts`, join(target, 'index.d.ts')].find((one) => existsSync(one)) ?? target;
}

/** The declaration, wherever the name is handed on from. */
function declarationOf(name: string, path: string): string {
  const text = readFileSync(path, 'utf8');
  const start = new RegExp(`^export (?:declare )?(?:abstract )?\\w+ ${name}\\b`, 'm').exec(text);
  if (start === null) {
    const from = exportsOf(path).get(name);
    return from === undefined ? importOf(name, path, text) : declarationOf(name, from);
  }
  const rest = text.slice(start.index);
  // The next statement begins in the first column.
  const end = /\n(?=(?:export|declare|import|type|interface|function|const)\b)/.exec(rest);
  return `${end === null ? rest.trimEnd() : rest.slice(0, end.index)}\n`;
}

/** A type of another package. */
function importOf(name: string, path: string, text: string): string {
  const line = new RegExp(`^import .*\\b${name}\\b.* from '.*';$`, 'm').exec(text)?.[0];
  if (line === undefined) throw new Error(`${path} does not declare ${name}.`);
  return `${line}\n`;
}

if (require.main === module) writeFileSync(REPORT_PATH, makeApiReport());
