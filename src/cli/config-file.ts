import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Mfa } from '../api/mfa';
import { UsageError } from './command';

/** The exports of the app's configuration file. */
export interface LoadedConfig {
  readonly mfa: Mfa;
  /** Closes resources that the file opened, such as the connection to Redis. */
  close(): Promise<void>;
}

const NAMES = ['mfa.config.js', 'mfa.config.mjs', 'mfa.config.cjs'];

/** @throws UsageError if there is no such file, or it does not export `mfa`. */
export async function loadConfig(written: string | undefined): Promise<LoadedConfig> {
  const path = written === undefined ? findFile() : resolve(written);
  if (!existsSync(path)) throw new UsageError(`There is no file ${path}. Check --config.`);
  const loaded = await readExport(await importFile(path));
  if (loaded !== null) return loaded;
  throw new UsageError(
    `${path} does not export mfa. Write \`export const mfa = createMfa({ … })\`, or export a function that returns { mfa, close } by default.`,
  );
}

function findFile(): string {
  const found = NAMES.map((name) => resolve(name)).find((path) => existsSync(path));
  if (found !== undefined) return found;
  throw new UsageError(
    `There is no ${NAMES.join(', ')} in ${process.cwd()}. Create one that exports mfa, or write --config FILE.`,
  );
}

async function importFile(path: string): Promise<unknown> {
  try {
    return await import(pathToFileURL(path).href);
  } catch (error) {
    if (Reflect.get(Object(error), 'code') !== 'ERR_UNKNOWN_FILE_EXTENSION') throw error;
    throw new UsageError(
      `This version of Node.js cannot run ${path}. Build it and name the built file, or write NODE_OPTIONS='--import tsx' npx express-mfa ….`,
    );
  }
}

/** The limit of nested functions and default exports. A CommonJS module has up to two. */
const MOST_LAYERS = 5;

async function readExport(found: unknown, layer = 0): Promise<LoadedConfig | null> {
  if (layer > MOST_LAYERS || found === null) return null;
  if (isMfa(found)) return { mfa: found, close: async () => undefined };
  if (typeof found === 'function') return readExport(await found(), layer + 1);
  if (typeof found !== 'object') return null;
  const mfa: unknown = await Reflect.get(found, 'mfa');
  if (isMfa(mfa)) return { mfa, close: closing(found) };
  return 'default' in found ? readExport(found.default, layer + 1) : null;
}

function closing(exported: object): () => Promise<void> {
  return async () => {
    const close: unknown = Reflect.get(exported, 'close');
    if (typeof close === 'function') await Reflect.apply(close, exported, []);
  };
}

/** Checks methods instead of the class, because the file may have loaded another copy of the package. */
function isMfa(value: unknown): value is Mfa {
  if (typeof value !== 'object' || value === null) return false;
  return ['check', 'close', 'sessionsOf'].every((name) => typeof Reflect.get(value, name) === 'function');
}
