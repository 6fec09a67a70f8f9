import type { Request } from 'express';

/** One text of the query; anything else, such as a list or an object, is as good as absent. */
export function textQuery(req: Request, name: string): string {
  const value: unknown = Object.hasOwn(req.query, name) ? req.query[name] : undefined;
  return typeof value === 'string' ? value : '';
}

/** A path with those parameters that say something. */
export function pathWith(path: string, parameters: Readonly<Record<string, string | undefined>>): string {
  const given = Object.entries(parameters).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && entry[1] !== '',
  );
  return given.length === 0 ? path : `${path}?${new URLSearchParams(given).toString()}`;
}

const PAGE_SIZE = 50;
const LARGEST_PAGE = 200;

/** How many rows a page has: `limit`, 1 to 200, else 50. Null for what is no such number. */
export function pageSize(req: Request): number | null {
  const given: unknown = req.query['limit'];
  if (given === undefined || given === '') return PAGE_SIZE;
  if (typeof given !== 'string' || !/^\d{1,3}$/.test(given)) return null;
  const size = Number(given);
  return size >= 1 && size <= LARGEST_PAGE ? size : null;
}
