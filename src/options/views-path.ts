import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigurationError } from '../core/errors';

/** From `dist/`, where the package has its code in few files, and from this folder. */
const ABOVE = ['..', join('..', '..')];

/** An app may keep a copy of the pages beside its bundle, so the pages alone do not tell that this is the package. */
function isPackage(folder: string): boolean {
  const path = join(folder, 'package.json');
  return existsSync(path) && /"name": *"express-mfa"/.test(readFileSync(path, 'utf8'));
}

const isComplete = (path: string) =>
  ['login.ejs', 'email', join('assets', 'express-mfa.css')].every((name) => existsSync(join(path, name)));

/** Undefined in the bundle of an app. An ES module has no `__dirname`. */
export function findPackagedViews(): string | undefined {
  if (typeof __dirname !== 'string') return undefined;
  return ABOVE.map((above) => join(__dirname, above))
    .filter(isPackage)
    .map((folder) => join(folder, 'views'))
    .find(isComplete);
}

/**
 * The folder of the pages, their assets and the mails. Throws if it is missing: otherwise the app would start, and every page and mail
 * would fail.
 */
export function findViews(given?: string): string {
  const path = given ?? findPackagedViews();
  if (path !== undefined && isComplete(path)) return path;
  const problem =
    given === undefined
      ? 'the pages and mails of the package are not beside its code, as in an app that was bundled'
      : `${JSON.stringify(given)} does not hold the pages and mails of the package`;
  throw new ConfigurationError(
    'viewsPath',
    `${problem}. Leave express-mfa out of the bundle (esbuild: external: ['express-mfa']; webpack: externals: { 'express-mfa': 'commonjs express-mfa' }), or copy node_modules/express-mfa/views beside it and write viewsPath: path.join(import.meta.dirname, 'views').`,
  );
}
