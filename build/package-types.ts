import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { promisify } from 'node:util';
import manifest from '../package.json';

// The declarations of the package: those of the entry points, and of the files that these refer to.

const run = promisify(execFile);
const ROOT = join(__dirname, '..');

export async function packageTypes(folder: string, entryPoints: readonly string[]): Promise<void> {
  const all = await mkdtemp(join(tmpdir(), 'express-mfa-types-'));
  try {
    await declareTypes(all);
    const needed = new Set<string>();
    for (const name of entryPoints) await follow(join(all, `${name}.d.ts`), needed);
    await Promise.all([...needed].map((path) => cp(path, join(folder, relative(all, path)))));
  } finally {
    await rm(all, { recursive: true });
  }
}

async function declareTypes(folder: string): Promise<void> {
  const compiler = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
  await run(process.execPath, [compiler, '-p', 'src', '--emitDeclarationOnly', '--outDir', folder], {
    cwd: ROOT,
  });
}

/** Whether a host that uses the entry point has the package of these types, or the package of types for it. */
function isInstalled(specifier: string): boolean {
  if (specifier.startsWith('node:')) return true;
  const installed = [...Object.keys(manifest.dependencies), ...Object.keys(manifest.peerDependencies)];
  return installed.some((name) => specifier === name || specifier.startsWith(`${name}/`));
}

/** Stands in for the catalogue of messages, whose keys are no concern of a host's types. */
const CATALOGUE = 'declare const messages: Readonly<Record<string, string>>;\nexport default messages;\n';

/** Adds the file and those that it refers to, by `import … from './file'` or `import('./file')`. */
async function follow(path: string, needed: Set<string>): Promise<void> {
  if (needed.has(path)) return;
  needed.add(path);
  const text = await readFile(path, 'utf8');
  for (const [, specifier = ''] of text.matchAll(/\b(?:from |import ?\(?)'([^']+)'/g)) {
    if (!specifier.startsWith('.')) {
      if (!isInstalled(specifier))
        throw new Error(`${path} refers to ${specifier}, which hosts do not have.`);
      continue;
    }
    const target = join(dirname(path), specifier);
    if (specifier.endsWith('.json')) await writeFile(`${target}.d.ts`, CATALOGUE);
    const found = [`${target}.d.ts`, join(target, 'index.d.ts')].find((one) => existsSync(one));
    if (found === undefined) throw new Error(`${path} refers to ${specifier}, which has no declaration.`);
    await follow(found, needed);
  }
}
