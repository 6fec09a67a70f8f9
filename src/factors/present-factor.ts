import type { Authenticator } from '../core/member/authenticator';
import type { FactorKind } from '../core/member/factor-kind';
import type { FactorViews } from './factor';
import type { FactorWords } from './factor-words';
import { findFactor } from './find-factor';

/** For a kind that only another version of this package knows. */
const UNKNOWN: FactorWords = {
  name: 'Other method',
  proof: 'other method',
  by: 'another way',
  label: 'Other method',
  thing: 'The method',
  proofs: 'Proofs by your other method',
  about: 'Not available right now.',
  offer: 'Not available right now.',
  add: 'Add a method',
  replace: null,
  otherDestination: null,
  purpose: { add: 'protect your account', replace: 'protect your account' },
  choice: 'Use your other method',
  noneAtHand: 'Try another way',
  prompt: { heading: 'Confirm it’s you', lead: 'Use your other method.', field: 'Code', hint: null },
  before: null,
  setUp: { heading: 'Set up a method', lead: 'Confirm it with a code.', field: 'Code' },
  saved: {
    heading: 'Your method is saved',
    first: 'From now on we ask for it when you sign in.',
    further: 'You can use it when you sign in.',
  },
  refusals: {},
};

export function wordsOf(kind: FactorKind): FactorWords {
  return findFactor(kind)?.words ?? UNKNOWN;
}

const USUAL_DIGITS = 6;

/** How many digits a code of this authenticator has. */
export function digitsOf(authenticator: Authenticator | undefined): number {
  if (authenticator === undefined) return USUAL_DIGITS;
  return findFactor(authenticator.kind)?.digits?.(authenticator.state) ?? USUAL_DIGITS;
}

/** What a page shows of a factor. */
export interface ShownFactor {
  readonly words: FactorWords;
  readonly views: FactorViews;
  /** Stands in for the other kinds, and so earns a browser no trust. */
  readonly isBackup: boolean;
}

export function showFactor(kind: FactorKind): ShownFactor {
  const views = { icon: 'neutral', before: null, prompt: null, setUp: null, digits: false };
  const found = findFactor(kind);
  return {
    words: wordsOf(kind),
    views: found?.views ?? views,
    isBackup: found?.traits.enrollable === false,
  };
}
