import type { Authenticator } from '../core/member/authenticator';
import type { FactorKind } from '../core/member/factor-kind';
import type { Translator } from '../messages/translator';
import type { FactorViews } from './factor';
import { wordsOf, type FactorWords } from './factor-words';
import { findFactor } from './find-factor';
import { FACTORS } from './registry';

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

/** For a kind that only another version of this package knows. */
const NO_VIEWS: FactorViews = { icon: 'neutral', before: null, prompt: null, setUp: null, digits: false };

export function showFactor(translator: Translator, kind: FactorKind): ShownFactor {
  const found = findFactor(kind);
  return {
    words: wordsOf(translator, kind),
    views: found?.views ?? NO_VIEWS,
    isBackup: found?.traits.enrollable === false,
  };
}

/** The English messages that factors bring along themselves, by their keys. */
export const FACTOR_MESSAGES: ReadonlyMap<string, string> = new Map(
  FACTORS.flatMap(({ traits, messages = {} }) =>
    Object.entries(messages).map(([field, message]): [string, string] => [
      `factor.${traits.kind}.${field}`,
      message,
    ]),
  ),
);
