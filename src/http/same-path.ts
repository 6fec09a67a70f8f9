import type { Request } from 'express';
import { publicPath } from '../public-origin';
import type { HttpContext } from './http-context';

/**
 * Whether two paths are the same to the app's router: without regard to case and to one slash at the end, unless the host
 * switched on `case sensitive routing` or `strict routing`.
 */
function isSamePath({ app }: Pick<Request, 'app'>, one: string, other: string): boolean {
  const fold = (path: string): string => {
    const ended = app.enabled('strict routing') ? path : path.replace(/(?<=.)\/$/, '');
    return app.enabled('case sensitive routing') ? ended : ended.toLowerCase();
  };
  return fold(one) === fold(other);
}

/** Whether a path of this request is one of the options', as it is written there or with the prefix that a proxy strips. */
export function isOptionPath(
  { options }: Pick<HttpContext, 'options'>,
  req: Request,
  paths: { readonly requested: string; readonly option: string },
): boolean {
  return isSamePath(req, publicPath(options, paths.requested), publicPath(options, paths.option));
}
