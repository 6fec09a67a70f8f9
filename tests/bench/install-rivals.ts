import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';

const source = join(__dirname, 'rivals');

/** Outside the project, so that nothing in it becomes a dependency. */
const CACHE = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'express-mfa-bench');

function npmInstall(folder: string, packages: readonly string[], what: string): void {
  process.stderr.write(`Installing ${what} into ${folder}\n`);
  const path = `${dirname(process.execPath)}${delimiter}${process.env['PATH'] ?? ''}`;
  execFileSync(
    'npm',
    ['install', '--no-audit', '--no-fund', '--loglevel=error', '--prefix', folder, ...packages],
    {
      cwd: folder,
      env: { ...process.env, PATH: path },
      stdio: ['ignore', 'ignore', 'inherit'],
    },
  );
}

/** The executable of the newest Node of this major version, installed once. */
export function installNode(major: string): string {
  const folder = join(CACHE, `node-${major}`);
  const executable = join(folder, 'node_modules', 'node', 'bin', 'node');
  if (!existsSync(executable)) {
    mkdirSync(folder, { recursive: true });
    npmInstall(folder, [`node@${major}`], `Node ${major}`);
  }
  return executable;
}

/** Node has SQLite from 22.13 on. better-sqlite3 has no build for the newest versions. */
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
export const SQLITE = major > 22 || (major === 22 && minor >= 13) ? 'node:sqlite' : 'better-sqlite3';
const BETTER_SQLITE3 = 'better-sqlite3@12.11.1';

/** npm builds it while it installs, unless it is set not to run scripts. */
function buildSqlite(folder: string): void {
  const load = "new (require('better-sqlite3'))(':memory:')";
  try {
    execFileSync(process.execPath, ['-e', load], { cwd: folder, stdio: 'ignore' });
  } catch {
    execFileSync('npm', ['rebuild', 'better-sqlite3', '--loglevel=error'], { cwd: folder, stdio: 'ignore' });
  }
}

/** The rivals with their packages, installed once for each kind of SQLite; the name of the folder changes with the versions. */
export function installRivals(): string {
  const manifest = readFileSync(join(source, 'package.json'), 'utf8');
  const native = SQLITE === 'better-sqlite3' ? `${BETTER_SQLITE3} on ABI ${process.versions.modules}` : '';
  const version = createHash('sha256').update(manifest).update(native).digest('hex').slice(0, 12);
  const folder = join(CACHE, `rivals-${version}`);
  const done = join(folder, 'installed');
  mkdirSync(folder, { recursive: true });
  if (!existsSync(done)) {
    copyFileSync(join(source, 'package.json'), join(folder, 'package.json'));
    npmInstall(folder, native === '' ? [] : [BETTER_SQLITE3], 'the rivals');
    if (native !== '') buildSqlite(folder);
    writeFileSync(done, '');
  }
  for (const file of readdirSync(source))
    if (file.endsWith('.mjs')) copyFileSync(join(source, file), join(folder, file));
  return folder;
}
