/**
 * The known name that was probably meant: the one with the fewest edits (Levenshtein distance), or the only one that contains the
 * written name as whole words. Undefined if every known name is too different: a wrong suggestion misleads more than a list.
 */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  const written = lettersOf(name);
  if (written === '') return undefined;
  const [nearest] = known
    .filter((candidate) => isSimilarInLength(written, lettersOf(candidate)))
    .map((candidate) => ({ candidate, distance: editDistance(written, lettersOf(candidate)) }))
    .filter(({ candidate, distance }) => distance <= mostEdits(written, lettersOf(candidate)))
    .toSorted((a, b) => a.distance - b.distance);
  if (nearest !== undefined) return nearest.candidate;
  const holding = known.filter((candidate) => holdsWord(candidate, name));
  return holding.length === 1 ? holding[0] : undefined;
}

/** `base-url`, `base_url` and `baseURL` are the same name. */
function lettersOf(name: string): string {
  return name.replaceAll(/[^\p{L}\p{N}]/gu, '').toLowerCase();
}

/** One edit for every three letters, at most three. */
function mostEdits(written: string, candidate: string): number {
  return Math.min(3, Math.floor(Math.min(written.length, candidate.length) / 3));
}

/** A difference in length costs as many edits. Also avoids comparing a name of many kilobytes letter by letter. */
function isSimilarInLength(written: string, candidate: string): boolean {
  return Math.abs(written.length - candidate.length) <= mostEdits(written, candidate);
}

/** Whether a camel-case name starts or ends with the other: `policy` in `defaultPolicy`. */
function holdsWord(candidate: string, written: string): boolean {
  const word = written.slice(0, 1).toLowerCase() + written.slice(1);
  const capital = word.slice(0, 1).toUpperCase() + word.slice(1);
  return (
    candidate.endsWith(capital) ||
    (candidate.startsWith(word) && /^\p{Lu}/u.test(candidate.slice(word.length)))
  );
}

function editDistance(from: string, to: string): number {
  let previous = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [row, letter] of from.split('').entries()) {
    const current = [row + 1];
    for (const [column, other] of to.split('').entries()) {
      const replaced = (previous[column] ?? 0) + (letter === other ? 0 : 1);
      current.push(Math.min(replaced, (previous[column + 1] ?? 0) + 1, (current[column] ?? 0) + 1));
    }
    previous = current;
  }
  return previous.at(-1) ?? to.length;
}
