import type { Request, Response } from 'express';
import { MfaError } from '../../core/errors';
import { Advice } from '../../events/advice';
import type { FlowContext, FlowOptions } from '../../flows/context/context';
import { AwaitedSessions } from '../session/session-cookie';
import type { SavedForm } from '../session/session-data-text';
import type { PasswordCheck } from '../sign-in/password-check';
import { ProxyWatch } from './connection';
import { createCsrfGuard, type CsrfGuard } from './csrf';
import { createPageRenderer, type PageRenderer } from './render-page';

/** The internal layer of Express 4 and 5 for each mounted handler. It is not in Express's types. */
interface Layer {
  readonly handle?: unknown;
  readonly route?: unknown;
  /** The part of the path that `match` found. */
  readonly path?: string;
  match(path: string): unknown;
}

/** Where the pages are mounted in this app, if it can be determined. */
type Mounted = { readonly at: string } | 'elsewhere' | 'unknown' | 'undetermined';

type PathOptions = Pick<FlowOptions, 'pagesPath'>;

/** Checks whether the pages are mounted at the path that people are redirected to. */
export class Mounts {
  readonly #routers = new Set<unknown>();
  readonly #options: PathOptions;
  #found = new WeakMap<object, { readonly at: string }>();

  constructor(options: PathOptions) {
    this.#options = options;
  }

  add(router: unknown): void {
    this.#routers.add(router);
    this.#found = new WeakMap();
  }

  /** Throws if people would be redirected to pages that are not mounted. */
  requirePages(req: Request): void {
    const { pagesPath } = this.#options;
    const write = `Write app.use('${pagesPath}', mfa.pages()), above mfa.guard()`;
    if (this.#routers.size === 0) {
      throw new MfaError(
        'host-misconfigured',
        `mfa.pages() is not mounted. ${write}, in every app that sends people there.`,
      );
    }
    if (this.#find(req) === 'elsewhere') {
      throw new MfaError(
        'host-misconfigured',
        `mfa.pages() is not mounted at \`pagesPath\` (${pagesPath}). ${write}, or pass the path at which it is mounted as \`pagesPath\` to createMfa.`,
      );
    }
  }

  /** Whether this request is for one of the routes of the pages, and not for another route below the same path. */
  isForPages(req: Request): boolean {
    const found = this.#find(req);
    const at = typeof found === 'object' ? found.at : this.#options.pagesPath;
    const path = req.baseUrl + req.path;
    if (!isAtOrBelow(path, at)) return false;
    const rest = path.slice(at.length) || '/';
    if (isAtOrBelow(rest, '/assets')) return true;
    return [...this.#routers].some((router) =>
      layersOf(router).some((layer) => layer.route !== undefined && Boolean(layer.match(rest))),
    );
  }

  #find(req: Request): Mounted {
    const known = this.#found.get(req.app);
    if (known !== undefined) return known;
    const paths = suffixesOf(this.#options.pagesPath);
    const found = mostCertain(appsOf(req).map((app) => findIn(rootLayersOf(app), this.#routers, paths)));
    if (typeof found === 'object') this.#found.set(req.app, found);
    return found;
  }
}

/** Throws if one of our routers is mounted at another path than its links use. */
export function requireMountPath(
  req: Request,
  expected: { readonly path: string; readonly option: string; readonly router: string },
): void {
  const { path, option, router } = expected;
  if (suffixesOf(path).includes(req.baseUrl.toLowerCase())) return;
  const mounted = req.baseUrl === '' ? 'without a path' : `at ${req.baseUrl.slice(0, 200)}`;
  throw new MfaError(
    'host-misconfigured',
    `${router} is mounted ${mounted}, but \`${option}\` is ${path}. Write app.use('${path}', ${router}), or createMfa({ ${option} }) with the path at which people reach it.`,
  );
}

/** `/portal/mfa` and `/mfa`: a proxy in front may strip the start of the path. */
function suffixesOf(path: string): readonly string[] {
  const parts = path.toLowerCase().split('/').slice(1);
  return parts.map((_part, index) => `/${parts.slice(index).join('/')}`);
}

function isAtOrBelow(path: string, parent: string): boolean {
  const [one, other] = [path.toLowerCase(), parent.toLowerCase()];
  return one === other || one.startsWith(`${other}/`);
}

/** The app of the request, and the apps that it is mounted in. */
function appsOf(req: Request): readonly object[] {
  const apps: object[] = [];
  for (let app: unknown = req.app; isObject(app) && !apps.includes(app); app = Reflect.get(app, 'parent'))
    apps.push(app);
  return apps;
}

/** Express 4 throws if `app.router` is read, and has `_router` instead. */
function rootLayersOf(app: object): readonly Layer[] {
  return layersOf(Reflect.get(app, '_router') ?? Reflect.get(app, 'router'));
}

function layersOf(router: unknown): readonly Layer[] {
  const stack: unknown = isObject(router) ? Reflect.get(router, 'stack') : undefined;
  return Array.isArray(stack) ? stack.filter(isLayer) : [];
}

function isLayer(value: unknown): value is Layer {
  return isObject(value) && typeof Reflect.get(value, 'match') === 'function';
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}

function findIn(layers: readonly Layer[], routers: ReadonlySet<unknown>, paths: readonly string[]): Mounted {
  const results = layers.flatMap((layer): readonly Mounted[] => {
    if (routers.has(layer.handle)) return [findHere(layer, paths)];
    const inner = layersOf(layer.handle);
    if (inner.length === 0) return [];
    return paths.map((path) => {
      const rest = restBelow(layer, path);
      const found = findIn(inner, routers, typeof rest === 'string' && rest !== '' ? [rest] : []);
      return typeof found === 'object' ? { at: path } : found;
    });
  });
  return mostCertain(results);
}

function mostCertain(results: readonly Mounted[]): Mounted {
  const there = results.find((result) => typeof result === 'object');
  return (
    there ?? (results.includes('elsewhere') && !results.includes('undetermined') ? 'elsewhere' : 'unknown')
  );
}

function findHere(layer: Layer, paths: readonly string[]): Mounted {
  const rests = paths.map((path) => ({ path, rest: restBelow(layer, path) }));
  const found = rests.find(({ rest }) => rest === '');
  if (found !== undefined) return { at: found.path };
  return rests.some(({ rest }) => rest === undefined) ? 'undetermined' : 'elsewhere';
}

/**
 * The rest of a path below the mount path of a layer; null if the layer does not match, undefined if this version of Express
 * does not tell. Some versions of `match` return a boolean and set `layer.path`; others return the match.
 */
function restBelow(layer: Layer, path: string): string | null | undefined {
  const match: unknown = layer.match(path);
  if (!match) return null;
  const matched: unknown =
    match === true ? layer.path : isObject(match) ? Reflect.get(match, 'path') : undefined;
  if (typeof matched !== 'string') return undefined;
  const prefix = matched.replace(/\/$/, '');
  return path.toLowerCase().startsWith(prefix.toLowerCase()) ? path.slice(prefix.length) : undefined;
}

export interface HttpContext extends FlowContext {
  readonly csrf: CsrfGuard;
  readonly advice: Advice;
  readonly awaited: AwaitedSessions;
  readonly mounts: Mounts;
  readonly passwords: PasswordCheck;
  readonly pages: PageRenderer;
  readonly proxies: ProxyWatch;
  /** One entry for each `mfa.adminPages()` of the app. */
  readonly administration: Administration[];
}

export interface Administration {
  organizationsOf(req: Request): Promise<readonly { readonly id: string; readonly name: string }[]>;
  /**
   * Performs the change of a form that was saved before the proof, and answers. `changed`: the member or policy was changed
   * meanwhile. `left`: the form is to be shown again for confirmation. In both cases no response is sent.
   */
  resume(req: Request, res: Response, form: SavedForm): Promise<'answered' | 'changed' | 'left'>;
}

export function createHttpParts({
  options,
  keyRing,
  clock,
}: Pick<FlowContext, 'options' | 'keyRing' | 'clock'>): Omit<HttpContext, keyof FlowContext | 'passwords'> {
  const { onError } = options;
  const advice = new Advice(onError);
  const proxies = new ProxyWatch(onError);
  const awaited = new AwaitedSessions({ clock, advice, proxies });
  return {
    advice,
    proxies,
    awaited,
    mounts: new Mounts(options),
    csrf: createCsrfGuard({ options, keyRing, clock, awaited }),
    pages: createPageRenderer(options),
    administration: [],
  };
}
