/** One method at one path of the app under attack. */
export interface AttackRoute {
  readonly method: string;
  /** The path, with values for its parameters. */
  readonly path: string;
  /** The path as declared: `/orders/:id`. */
  readonly declared: string;
  /** Whether `requireStepUp` runs before its handler. */
  readonly asksStepUp: boolean;
}

/** The internal layer of Express 4 and 5 for each handler. It is not in their types. */
interface Layer {
  readonly name?: string;
  readonly handle?: unknown;
  readonly route?: {
    readonly path: unknown;
    readonly methods: Readonly<Record<string, boolean>>;
    readonly stack: readonly Layer[];
  };
  /** In Express 5, from router 2.3 on. */
  readonly rawPath?: unknown;
  /** In Express 5. */
  readonly slash?: boolean;
  /** In Express 4. */
  readonly regexp?: RegExp & { readonly fast_slash?: boolean };
  readonly keys?: readonly { readonly name: string | number }[];
  readonly path?: string;
  match(path: string): unknown;
}

/** Paths where routers might be mounted. They are tried one by one if the version of Express does not tell. */
type Candidates = readonly string[];

const STEP_UP = 'requireStepUp';

/** Every route of the app and of its mounted routers, and every handler that is mounted at a path. */
export function listRoutes(app: object, candidates: Candidates): readonly AttackRoute[] {
  const found = new Map<string, AttackRoute>();
  for (const route of walk(stackOf(app), { mount: '', asksStepUp: false, candidates })) {
    const key = `${route.method} ${route.path}`;
    if (!found.has(key)) found.set(key, route);
  }
  return [...found.values()];
}

interface Place {
  readonly mount: string;
  readonly asksStepUp: boolean;
  readonly candidates: Candidates;
}

function* walk(stack: readonly Layer[], place: Place): Generator<AttackRoute> {
  let { asksStepUp } = place;
  for (const layer of stack) {
    const { route, handle } = layer;
    if (route !== undefined) {
      const guarded = asksStepUp || route.stack.some(({ name }) => name === STEP_UP);
      for (const path of [route.path].flat(2))
        for (const method of methodsOf(route.methods)) yield toRoute(method, path, place.mount, guarded);
      continue;
    }
    for (const path of mountsOf(layer, place)) {
      const inner = stackOf(handle);
      const mount = `${place.mount}${path}`;
      if (inner.length > 0) yield* walk(inner, { ...place, mount, asksStepUp });
      else if (path !== '' && layer.name !== STEP_UP) yield toRoute('GET', '', mount, asksStepUp);
      else if (path === '' && layer.name === STEP_UP) asksStepUp = true;
    }
  }
}

/** A route for all methods is tried with GET and POST. */
const methodsOf = (methods: Readonly<Record<string, boolean>>): readonly string[] =>
  methods['_all'] === true ? ['GET', 'POST'] : Object.keys(methods).map((method) => method.toUpperCase());

function toRoute(method: string, path: unknown, mount: string, asksStepUp: boolean): AttackRoute {
  const below = pathText(path);
  const declared = (below === '/' ? mount : `${mount}${below}`) || '/';
  return { method, path: fillPath(declared), declared, asksStepUp };
}

/** Replaces parameters and wildcards with `1`, which could be an id. */
function fillPath(declared: string): string {
  return declared.replaceAll(/[{}]/g, '').replaceAll(/:\w+(?:\([^)]*\))?[?*+]?|\*\w*|\(\.\*\)/g, '1');
}

/** The paths at which a layer is mounted; an empty string means every path. */
function mountsOf(layer: Layer, { candidates }: Place): readonly string[] {
  const { rawPath, regexp, slash } = layer;
  if (regexp !== undefined) return [regexp.fast_slash === true ? '' : pathOf(regexp, layer.keys ?? [])];
  if (rawPath !== undefined) return [rawPath].flat(2).map((path) => (path === '/' ? '' : pathText(path)));
  if (slash === true) return [''];
  return candidates.filter((path) => {
    // `match` returns true and sets `layer.path`, or returns an object with the path.
    const found = layer.match(path);
    return (isObject(found) ? Reflect.get(found, 'path') : found === true && layer.path) === path;
  });
}

/** `/^\/orders\/(?:([^\/]+?))\/?(?=\/|$)/i` of Express 4 was `/orders/:id`. */
function pathOf(regexp: RegExp, keys: Layer['keys'] = []): string {
  const names = [...keys];
  return regexp.source
    .replaceAll(
      /\(\?:\\?\/?\(\[\^\\?\/\]\+\?\)\)\??/g,
      (part) => `${part.includes('\\/(') ? '/' : ''}:${names.shift()?.name}`,
    )
    .replace(/^\^/, '')
    .replace(/\\\/\?(?:\(\?=\\\/\|\$\))?\$?$/, '')
    .replaceAll(/\\(.)/g, '$1');
}

const pathText = (path: unknown): string =>
  path instanceof RegExp ? sampleOf(path) : typeof path === 'string' ? path : '';

/** The letters of a pattern, which are often a path that it matches. */
const sampleOf = (pattern: RegExp): string =>
  `/${pattern.source.replaceAll(/\\[wd.]|[^\w/-]/g, '').replace(/^\/+/, '')}`;

/** Express 4 throws if `app.router` is read, and has `_router` instead. */
function stackOf(holder: unknown): readonly Layer[] {
  if (!isObject(holder)) return [];
  const own: unknown = Reflect.get(holder, 'stack');
  if (Array.isArray(own)) return own.filter(isLayer);
  const isApp =
    typeof Reflect.get(holder, 'handle') === 'function' && typeof Reflect.get(holder, 'set') === 'function';
  const router: unknown = isApp
    ? (Reflect.get(holder, '_router') ?? Reflect.get(holder, 'router'))
    : undefined;
  return isObject(router) ? stackOf({ stack: Reflect.get(router, 'stack') }) : [];
}

function isLayer(value: unknown): value is Layer {
  return isObject(value) && typeof Reflect.get(value, 'match') === 'function';
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}
