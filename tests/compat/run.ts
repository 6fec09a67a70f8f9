import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { CHECKS } from './checks';

// npm run check:compat                   packs the package and tries it everywhere it should work; needs the npm registry
// npm run check:compat -- pnpm "Node 2"  only the checks whose names begin so

const ROOT = join(__dirname, '..', '..');
const run = promisify(execFile);

async function pack(folder: string): Promise<string> {
  await run('npm', ['run', 'build'], { cwd: ROOT });
  await run('npm', ['pack', '--pack-destination', folder], { cwd: ROOT });
  const tarball = (await readdir(folder)).find((name) => name.endsWith('.tgz'));
  if (tarball === undefined) throw new Error('npm packed nothing.');
  return join(folder, tarball);
}

async function checkAll(wanted: readonly string[]): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'express-mfa-compat-'));
  try {
    const tarball = await pack(folder);
    const isWanted = (name: string) => wanted.length === 0 || wanted.some((start) => name.startsWith(start));
    for (const [index, check] of CHECKS.entries()) {
      if (!isWanted(check.name)) continue;
      // One after the other: each has the machine to itself.
      // oxlint-disable-next-line no-await-in-loop
      const failure = await check.run(join(folder, String(index)), tarball).then(
        () => undefined,
        (error: unknown) => error,
      );
      process.stdout.write(`${failure === undefined ? 'works' : 'FAILS'}  ${check.name}\n`);
      if (failure === undefined) continue;
      process.exitCode = 1;
      console.error(failure);
    }
  } finally {
    await rm(folder, { recursive: true });
  }
}

void checkAll(process.argv.slice(2));
