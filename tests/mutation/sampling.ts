import { createHash } from 'node:crypto';

interface Named {
  readonly file: string;
  readonly name: string;
}

/** As many as asked, in the same shares from every file; the same ones for the same seed. */
export function sampleOf<T extends Named>(all: readonly T[], count: number, seed: number): T[] {
  if (count >= all.length) return [...all];
  const key = ({ file, name }: Named) =>
    `${file}\0${createHash('sha256').update(`${seed}\0${name}`).digest('hex')}`;
  const ordered = all.map((one) => ({ one, key: key(one) })).toSorted((a, b) => (a.key < b.key ? -1 : 1));
  return Array.from(
    { length: count },
    (_, at) => ordered[Math.floor(((at + 0.5) * all.length) / count)]?.one,
  ).filter((one) => one !== undefined);
}

/** The nth of so many parts of about the same size, together everything, once; neighbors stay together. */
export function shardOf<T>(
  all: readonly T[],
  { nth, of }: { readonly nth: number; readonly of: number },
): T[] {
  const edge = (part: number) => Math.floor((all.length * part) / of);
  return all.slice(edge(nth - 1), edge(nth));
}
