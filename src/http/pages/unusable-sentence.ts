import { findUnusableStrongest } from '../../core/decision/factor-strength';
import { wordsOf } from '../../factors/present-factor';
import type { Gathered } from '../../flows/context/gather-facts';

/** Says that the strongest method works no more, and what takes its place; null where it works. */
export function unusableSentence({ facts }: Gathered): string | null {
  const kind = findUnusableStrongest(facts);
  if (kind === null) return null;
  return `${wordsOf(kind).proofs} are turned off. Use a recovery code, or ask your administrator to reset your methods.`;
}
