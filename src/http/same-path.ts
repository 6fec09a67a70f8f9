import type { Request } from 'express';

/**
 * Whether two paths are the same to the app's router: without regard to case and to one slash at the end, unless the host
 * switched on `case sensitive routing` or `strict routing`.
 */
export function isSamePath({ app }: Pick<Request, 'app'>, one: string, other: string): boolean {
  const fold = (path: string): string => {
    const ended = app.enabled('strict routing') ? path : path.replace(/(?<=.)\/$/, '');
    return app.enabled('case sensitive routing') ? ended : ended.toLowerCase();
  };
  return fold(one) === fold(other);
}
