import { cp, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ENTRY_POINTS, packageCode } from './package-code';
import { packageTypes } from './package-types';

// npm run build: writes dist/, the code of the package and its types.

const ROOT = join(__dirname, '..');
const DIST = join(ROOT, 'dist');

async function writeCode(): Promise<void> {
  const { files, notices } = await packageCode();
  const all = [...files, ['THIRD-PARTY-NOTICES.md', notices] as const];
  await Promise.all(all.map(([name, text]) => writeFile(join(DIST, name), text)));
}

/** What ES modules import: each repeats the exports of its CommonJS twin, so that both share one state. */
async function writeModuleTwin(name: string): Promise<void> {
  const source = join(ROOT, 'src', `${name}.mts`);
  await Promise.all(['mjs', 'd.mts'].map((ending) => cp(source, join(DIST, `${name}.${ending}`))));
}

async function build(): Promise<void> {
  await rm(DIST, { recursive: true, force: true });
  await mkdir(DIST);
  await Promise.all([writeCode(), packageTypes(DIST, ENTRY_POINTS), ...ENTRY_POINTS.map(writeModuleTwin)]);
}

void build();
