import type { Request } from 'express';

/** Links from one page of a list to the others, and which rows it shows. */
export interface Paging {
  /** The rows from first to last; the total is null where it is not known. Null where there are none. */
  readonly range: { readonly first: number; readonly last: number; readonly total: number | null } | null;
  readonly firstPath: string | null;
  readonly previousPath: string | null;
  readonly nextPath: string | null;
}

/** The pages before this one. Lists are read by cursor, so a page cannot be found by its number. */
const TRAIL = 'trail';
const LONGEST_TRAIL = 20;
const LONGEST_CURSOR = 300;

interface PlaceOfPage {
  /** Rows before the page. */
  readonly at: number;
  /** Empty for the first page. */
  readonly cursor: string;
}

export function pagingOf(
  req: Request,
  list: {
    readonly path: string;
    /** What every link keeps. */
    readonly query: Readonly<Record<string, string>>;
    readonly rows: number;
    /** Null where it is not known. */
    readonly total: number | null;
    readonly nextCursor: string | undefined;
  },
): Paging {
  const { path, query, rows, total, nextCursor } = list;
  const given = new URLSearchParams(req.originalUrl.split('?')[1] ?? '');
  const trail = given.getAll(TRAIL).flatMap(readPlace).slice(-LONGEST_TRAIL);
  const here: PlaceOfPage = { at: readCount(given.get('at')), cursor: given.get('cursor') ?? '' };
  const previous = trail.at(-1);
  const linkTo = (place: PlaceOfPage, before: readonly PlaceOfPage[]) => {
    const kept = Object.entries(query).filter(([, value]) => value !== '');
    const link = new URLSearchParams(kept);
    if (place.cursor !== '') link.set('cursor', place.cursor);
    if (place.at > 0) link.set('at', String(place.at));
    for (const { at, cursor } of before.slice(-LONGEST_TRAIL)) link.append(TRAIL, `${at}~${cursor}`);
    return link.size === 0 ? path : `${path}?${link.toString()}`;
  };
  const end = here.at + rows;
  return {
    range:
      rows === 0
        ? null
        : { first: here.at + 1, last: end, total: total === null ? null : Math.max(total, end) },
    firstPath: here.cursor === '' ? null : linkTo(FIRST, []),
    previousPath: previous === undefined ? null : linkTo(previous, trail.slice(0, -1)),
    nextPath: nextCursor === undefined ? null : linkTo({ at: end, cursor: nextCursor }, [...trail, here]),
  };
}

const FIRST: PlaceOfPage = { at: 0, cursor: '' };

function readPlace(text: string): readonly PlaceOfPage[] {
  const [, at, cursor] = /^(\d{1,9})~(.*)$/s.exec(text) ?? [];
  if (at === undefined || cursor === undefined || cursor.length > LONGEST_CURSOR) return [];
  return [{ at: Number(at), cursor }];
}

function readCount(text: string | null): number {
  return text !== null && /^\d{1,9}$/.test(text) ? Number(text) : 0;
}
