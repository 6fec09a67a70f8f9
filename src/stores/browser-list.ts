import type { RememberedBrowser } from '../core/member/remembered-browser';

/** More than anybody uses; the oldest make room. */
export const MAX_BROWSERS_PER_USER = 20;

/** The order of a list of remembered browsers: the one added last comes first. */
export function byNewest(a: RememberedBrowser, b: RememberedBrowser): number {
  return b.createdAt - a.createdAt;
}
