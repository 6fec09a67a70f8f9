import type { Request } from 'express';
import { parseLocalPath } from '../core/local-path';
import { publicPath } from '../public-origin';
import type { HttpContext } from './http-context';

/** The local path that the request asks to go on to, or null. It is parsed again where it is used. */
export function requestedReturnTo(req: Request): string | null {
  return parseLocalPath(fieldOf(req.body, 'returnTo')) ?? parseLocalPath(req.query['returnTo']);
}

/** The path of this request as a way back to it; only a GET can be gone back to. */
export function returnToHere({ options }: Pick<HttpContext, 'options'>, req: Request): string | null {
  if (req.method !== 'GET' && req.method !== 'HEAD') return null;
  const path = parseLocalPath(req.originalUrl);
  return path === null ? null : publicPath(options, path);
}

export function withReturnTo(path: string, returnTo: string | null): string {
  return withQuery(path, { returnTo });
}

/** A path, which may have a query already, with those parameters that say something. */
export function withQuery(path: string, parameters: Readonly<Record<string, string | null>>): string {
  const given = Object.entries(parameters).filter((entry): entry is [string, string] => entry[1] !== null);
  if (given.length === 0) return path;
  return `${path}${path.includes('?') ? '&' : '?'}${new URLSearchParams(given).toString()}`;
}

/** One own field of a body of unknown shape. */
export function fieldOf(body: unknown, name: string): unknown {
  if (typeof body !== 'object' || body === null || !Object.hasOwn(body, name)) return undefined;
  return Reflect.get(body, name);
}

/** A field that must be text; anything else is as good as absent. */
export function textField(body: unknown, name: string): string {
  const value = fieldOf(body, name);
  return typeof value === 'string' ? value : '';
}
