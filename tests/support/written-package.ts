import { cp, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { packageCode } from '../../build/package-code';

const ROOT = join(__dirname, '..', '..');

/** Writes the code of the package as it ships, with its manifest. Its pages stay where they are. */
export async function writePackage(folder: string): Promise<void> {
  const dist = join(folder, 'dist');
  await mkdir(dist, { recursive: true });
  const { files } = await packageCode();
  await Promise.all([...files].map(([name, text]) => writeFile(join(dist, name), text)));
  await cp(join(ROOT, 'package.json'), join(folder, 'package.json'));
}
