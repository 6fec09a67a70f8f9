import type { Express } from 'express';

/** One path of an app, with the methods that a handler of its own answers there. */
export interface ListedRoute {
  /** As declared: `/members/:userId`. A handler that is mounted with everything below it ends in `/*`. */
  readonly path: string;
  readonly methods: readonly string[];
}

/** What Express 5 keeps of each handler; its types do not say. */
interface Layer {
  readonly rawPath: unknown;
  readonly handle: { readonly stack?: readonly Layer[] };
  readonly route?: { readonly methods: Readonly<Record<string, boolean>> };
}

/** Every path that the app and its mounted routers answer, so that a route that is added later is listed by itself. */
export function listRoutes(app: Express): readonly ListedRoute[] {
  const found = new Map<string, Set<string>>();
  const { stack } = app.router as unknown as { readonly stack: readonly Layer[] };
  for (const { path, method } of walk(stack, '')) {
    found.set(path, (found.get(path) ?? new Set()).add(method));
  }
  return [...found].map(([path, methods]) => ({ path, methods: [...methods] }));
}

function* walk(
  stack: readonly Layer[],
  mount: string,
): Generator<{ readonly path: string; readonly method: string }> {
  for (const { rawPath, handle, route } of stack) {
    if (typeof rawPath !== 'string') throw new Error(`The path ${String(rawPath)} cannot be listed.`);
    const path = rawPath === '/' ? mount : `${mount}${rawPath}`;
    if (route !== undefined) {
      for (const method of Object.keys(route.methods)) yield { path: path || '/', method: nameOf(method) };
    } else if (handle.stack !== undefined) {
      yield* walk(handle.stack, path);
    } else if (rawPath !== '/') {
      yield { path: `${path}/*`, method: 'GET' };
    }
  }
}

const nameOf = (method: string): string => (method === '_all' ? 'ALL' : method.toUpperCase());

/**
 * A path with real values in the place of its parameters. They are named with the word before them, since `:id` says
 * nothing by itself: `sessions/:id`.
 */
export function fillPath(path: string, values: Readonly<Record<string, string>>): string {
  const words = path.split('/');
  return words
    .map((word, index) => {
      if (!word.startsWith(':') && word !== '*') return word;
      const name = `${words[index - 1]}/${word}`;
      const value = values[name];
      if (value === undefined) throw new Error(`Say what stands for ${name} in ${path}.`);
      return encodeURIComponent(value);
    })
    .join('/');
}
