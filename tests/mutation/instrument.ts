import { guardMutantsOf } from './guard-mutants';
import type { Mutant } from './source';

/** Where something is put around the code between two positions. */
interface Wrapper {
  readonly start: number;
  readonly end: number;
  readonly before: string;
  readonly after: string;
}

export function probeOf(file: string, { place }: Pick<Mutant, 'place'>): string {
  return `${file}: ${place}`;
}

/** Scripts and statements of the database are text: whether they ran is not seen. */
function isScript(text: string, { start }: Mutant): boolean {
  return text[start] === '`';
}

function wrap(text: string, wrappers: Iterable<Wrapper>): string {
  const inserts = [...wrappers].flatMap(({ start, end, before, after }) => [
    { at: start, text: before, depth: start - end },
    { at: end, text: after, depth: end - start },
  ]);
  // From the end, so that positions stay true; where two places begin or end together, the longer one is outside.
  const ordered = inserts.toSorted((one, other) => other.at - one.at || other.depth - one.depth);
  return ordered.reduce(
    (wrapped, insert) => wrapped.slice(0, insert.at) + insert.text + wrapped.slice(insert.at),
    text,
  );
}

/** The source with a call around each place that a mutant changes. */
export function withProbes(file: string, text: string): string {
  const wrappers = new Map<string, Wrapper>();
  for (const mutant of guardMutantsOf(text).filter((one) => !isScript(text, one))) {
    const { start, end } = mutant;
    const probe = probeOf(file, mutant);
    const call = `globalThis.__noted(${JSON.stringify(probe)}`;
    const isStatement = text[end - 1] === ';';
    const [before, after] = isStatement ? [`{${call});`, '}'] : [`${call},`, ')'];
    wrappers.set(probe, { start, end, before, after });
  }
  return wrap(text, wrappers.values());
}

/**
 * The source with all its mutants in it. `globalThis.__mutant` says which one of them runs, counted from 0; none at -1. So one
 * load of the source serves all of them.
 */
export function withSwitches(text: string): string {
  const wrappers = new Map<string, Wrapper>();
  for (const [nth, { place, start, end, text: changed }] of guardMutantsOf(text).entries()) {
    const to = changed.slice(start, changed.length - (text.length - end));
    const is = `globalThis.__mutant === ${nth}`;
    const known = wrappers.get(place);
    if (text[end - 1] === ';')
      wrappers.set(place, { start, end, before: `if (${is}) {} else {`, after: '}' });
    else if (to.startsWith('...'))
      wrappers.set(place, { start, end, before: `...(${is} ? [] : [`, after: '])' });
    else {
      const before = `${known?.before ?? '('}${is} ? (${to}) : `;
      wrappers.set(place, { start, end, before, after: ')' });
    }
  }
  // The last branch is what stands there without any change, which holds places of its own.
  return wrap(text, wrappers.values());
}
