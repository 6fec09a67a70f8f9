import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigurationError } from '../core/errors';

/** Next to the code of the package. A bundle has no such folder, and an ES module has no `__dirname`. */
const PACKAGED = typeof __dirname === 'string' ? join(__dirname, '..', '..', 'views') : null;

/**
 * The folder of the pages, their assets and the mails. Throws if it is missing: otherwise the app would start, and every page and mail
 * would fail.
 */
export function findViews(given?: string): string {
  const path = given ?? PACKAGED;
  if (path !== null && ['login.ejs', 'email', 'assets'].every((name) => existsSync(join(path, name))))
    return path;
  const problem =
    given === undefined
      ? 'the pages and mails of the package are not beside its code, as in an app that was bundled'
      : `${JSON.stringify(given)} does not hold the pages and mails of the package`;
  throw new ConfigurationError(
    'viewsPath',
    `${problem}. Leave express-mfa out of the bundle (esbuild: external: ['express-mfa']), or copy node_modules/express-mfa/views beside it and write viewsPath: path.join(import.meta.dirname, 'views').`,
  );
}
