import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigurationError } from '../core/errors';

/** Beside the code in the package. A bundle has no such folder, and one that is an ES module has no `__dirname`. */
const PACKAGED = typeof __dirname === 'string' ? join(__dirname, '..', '..', 'views') : null;

/**
 * The folder of the pages, their assets and the mails. Throws where it is not there: every page and every mail would fail, and the
 * app would seem to be well until somebody opens one.
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
