import { execFileSync, type ExecFileSyncOptions } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const source = join(__dirname, 'rivals');

/**
 * The rivals with their packages, in a folder of their own below the temporary folder, so that none becomes a dependency of
 * this project. Installed once; the name of the folder changes with the versions.
 */
export async function installRivals(): Promise<string> {
  const manifest = readFileSync(join(source, 'package.json'), 'utf8');
  const version = createHash('sha256').update(manifest).digest('hex').slice(0, 12);
  const folder = join(tmpdir(), `express-mfa-bench-rivals-${version}`);
  const done = join(folder, 'installed');
  mkdirSync(folder, { recursive: true });
  for (const file of readdirSync(source)) copyFileSync(join(source, file), join(folder, file));
  if (!existsSync(done)) {
    process.stderr.write(`Installing the rivals into ${folder}\n`);
    const options: ExecFileSyncOptions = { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] };
    execFileSync('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error'], options);
    execFileSync('npm', ['rebuild', 'better-sqlite3', '--loglevel=error'], options);
    writeFileSync(done, '');
  }
  return folder;
}
