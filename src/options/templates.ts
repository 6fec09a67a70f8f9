import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { isAbsolute, join, relative, sep } from 'node:path';
import { renderFile } from 'ejs';
import { ConfigurationError } from '../core/errors';
import { nearestName } from '../core/text/nearest-name';

/** The package root as seen from `dist/`, which has the bundled code, and from this folder. */
const ABOVE = ['..', join('..', '..')];

/** Checks package.json, because an app may have a copy of the pages next to its bundle. */
function isPackage(folder: string): boolean {
  const path = join(folder, 'package.json');
  return existsSync(path) && /"name": *"express-mfa"/.test(readFileSync(path, 'utf8'));
}

const isComplete = (path: string) =>
  ['login.ejs', 'email', join('assets', 'express-mfa.css')].every((name) => existsSync(join(path, name)));

/** Undefined in a bundled app. An ES module has no `__dirname`. */
export function findPackagedViews(): string | undefined {
  if (typeof __dirname !== 'string') return undefined;
  return ABOVE.map((above) => join(__dirname, above))
    .filter(isPackage)
    .map((folder) => join(folder, 'views'))
    .find(isComplete);
}

/**
 * The folder of the pages, their assets and the emails. Throws if it is missing: otherwise the app would start, but every page
 * and email would fail.
 */
export function findViews(given?: string): string {
  const path = given ?? findPackagedViews();
  if (path !== undefined && isComplete(path)) return path;
  const problem =
    given === undefined
      ? 'the pages and emails of the package are not next to its code, as in a bundled app'
      : `${JSON.stringify(given)} does not contain the pages and emails of the package`;
  throw new ConfigurationError(
    'viewsPath',
    `${problem}. Exclude express-mfa from the bundle (esbuild: external: ['express-mfa']; webpack: externals: { 'express-mfa': 'commonjs express-mfa' }), or copy node_modules/express-mfa/views next to it and write viewsPath: path.join(import.meta.dirname, 'views').`,
  );
}

/** The templates of pages and emails. A file of the host replaces our file of the same path. */
export interface Templates {
  /** `name` is the path without its extension, such as `admin/members`. With `text`, nothing is escaped. */
  render(name: string, locals: object, as?: 'html' | 'text'): Promise<string>;
}

/** Throws a {@link ConfigurationError} if the host's folder cannot be read, or one of its file names looks misspelled. */
export function createTemplates(ours: string, hosts: string | null): Templates {
  const replaced = hosts === null ? new Set<string>() : findReplaced(ours, hosts);
  const find = (path: string) => join(hosts !== null && replaced.has(path) ? hosts : ours, path);

  /** Resolves includes: a template that includes another also gets the host's file. */
  function includer(_included: string, found: string): { readonly filename: string } {
    const path = pathBelow(ours, found);
    return { filename: path === null ? found : find(path) };
  }

  return {
    render: (name, locals, as = 'html') =>
      renderFile(
        find(`${name}.ejs`),
        { ...locals },
        {
          cache: true,
          views: [ours],
          includer,
          ...(as === 'text' ? { escape: String } : {}),
        },
      ),
  };
}

function findReplaced(ours: string, hosts: string): Set<string> {
  const own = listTemplates(ours);
  const given = listTemplates(hosts);
  for (const path of given) {
    const near = own.includes(path) ? undefined : nearestName(path, own);
    if (near !== undefined) {
      throw new ConfigurationError('views', `${path} replaces no file of the package. Did you mean ${near}?`);
    }
  }
  return new Set(given.filter((path) => own.includes(path)));
}

function listTemplates(folder: string): readonly string[] {
  try {
    return readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .map((path) => path.split(sep).join('/'))
      .filter((path) => path.endsWith('.ejs'));
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    throw new ConfigurationError(
      'views',
      `the folder cannot be read (${problem}). Write the path of a folder that is there`,
    );
  }
}

/** The relative path of a file; null if it is not below the folder. */
function pathBelow(folder: string, file: string): string | null {
  const path = relative(folder, file);
  return path.startsWith('..') || isAbsolute(path) ? null : path.split(sep).join('/');
}
