import type { FactorKind } from '../../core/member/factor-kind';
import { wordsOf } from '../../factors/factor-words';
import type { Translator } from '../../messages/translator';

/** What people read for a reason: what happened, then what to do. The code is the contract, the sentence is not. */
export function sentenceFor(translator: Translator, because: string, kind?: FactorKind): string {
  const ofKind = kind === undefined ? null : wordsOf(translator, kind).refusal(because);
  if (ofKind !== null) return ofKind;
  const key = `refusal.${because}`;
  return translator.t(translator.has(key) ? key : 'refusal.unknown');
}

/** `Password and authenticator app`, for how a session was proven. */
export function proofInWords(translator: Translator, methods: readonly string[]): string {
  if (methods.length === 0) return translator.t('proof.none');
  const sentence = methodList(translator, methods);
  return sentence.charAt(0).toLocaleUpperCase(translator.language) + sentence.slice(1);
}

/** `password and authenticator app`, within a sentence. */
export function methodList(translator: Translator, methods: readonly string[]): string {
  const words = methods.map((method) => {
    const key = `proof.${method}`;
    return translator.has(key) ? translator.t(key) : wordsOf(translator, method).proof;
  });
  return translator.list(words);
}
