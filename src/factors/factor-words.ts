import type { Authenticator } from '../core/member/authenticator';
import type { FactorKind } from '../core/member/factor-kind';
import { SOURCE_LANGUAGE, type MessageKey } from '../messages/catalogues';
import { createTranslator, type Translator } from '../messages/translator';
import type { FactorViews } from './factor';
import { findFactor } from './find-factor';
import { FACTORS } from './registry';

const USUAL_DIGITS = 6;

export function digitsOf(authenticator: Authenticator | undefined): number {
  if (authenticator === undefined) return USUAL_DIGITS;
  return findFactor(authenticator.kind)?.digits?.(authenticator.state) ?? USUAL_DIGITS;
}

export interface ShownFactor {
  readonly words: FactorWords;
  readonly views: FactorViews;
  /** Whether it is a backup for the other kinds. The browser cannot be remembered after a proof of a backup. */
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

/** The English messages that factors define themselves, by key. */
export const FACTOR_MESSAGES: ReadonlyMap<string, string> = new Map(
  FACTORS.flatMap(({ traits, messages = {} }) =>
    Object.entries(messages).map(([field, message]): [string, string] => [
      `factor.${traits.kind}.${field}`,
      message,
    ]),
  ),
);

/** `{issuer}` is the name of the app; `{label}` is ` (its name)` or empty. `unnamed` is used if the address is unknown. */
export interface FactorSentence {
  readonly named: MessageKey;
  readonly unnamed: MessageKey;
}

/** The text about a factor on pages, in emails and in lists: the messages `factor.<kind>.<field>` of the catalogue. */
export interface FactorWords {
  readonly name: string;
  /** How a session was proven: `authenticator app`. */
  readonly proof: string;
  /** Follows `codes sent to m•••@acme.example, by`: `email`. */
  readonly by: string;
  /** The default label of an authenticator: `Phone`. */
  readonly label: string;
  /** The subject of a sentence in an email: `The phone`. */
  readonly thing: string;
  /** Before `are turned off.`: `Codes by email`. */
  readonly proofs: string;
  /** What the method involves, for the person who chooses it. */
  readonly about: string;
  /** What the method involves, for an administrator who may allow it. */
  readonly offer: string;
  /** The button that adds one: `Add a phone number`. */
  readonly add: string;
  /** The link that replaces an authenticator, or null if the kind is added and removed instead. */
  readonly replace: string | null;
  /** The link from the code back to the form for an address; null if there is none. */
  readonly otherDestination: string | null;
  /** Follows `Confirm it’s you to`. `replace` is used to replace an authenticator. */
  readonly purpose: { readonly add: string; readonly replace: string };
  readonly choice: FactorSentence;
  /** The heading of the other options, on the page that asks for this one. */
  readonly noneAtHand: string;
  readonly prompt: {
    readonly heading: string;
    readonly lead: FactorSentence;
    readonly field: string;
    readonly hint: string | null;
  };
  /** A page shown before setup, or null. `button` is null if the view has its own buttons. */
  readonly before: { readonly heading: string; readonly lead: string; readonly button: string | null } | null;
  readonly setUp: { readonly heading: string; readonly lead: string; readonly field: string };
  /** Shown after setup: `first` for the person's first factor, `further` for others. */
  readonly saved: {
    readonly heading: string;
    readonly first: FactorSentence;
    readonly further: FactorSentence;
  };
  /** A sentence for a refusal, or null to use the general one. */
  refusal(because: string): string | null;
}

/** The message prefix for kinds that only another version of this package knows. */
const UNKNOWN = 'other';

export function wordsOf(translator: Translator, kind: FactorKind): FactorWords {
  const isKnown = translator.has(`factor.${kind}.name`);
  const find = (field: string): MessageKey | null => {
    const key = `factor.${isKnown ? kind : UNKNOWN}.${field}`;
    return translator.has(key) ? key : null;
  };
  const keyOf = (field: string): MessageKey => {
    const key = find(field);
    if (key === null) throw new TypeError(`The factor ${kind} has no message "factor.${kind}.${field}".`);
    return key;
  };
  const say = (field: string): string => translator.t(keyOf(field));
  const sayIfAny = (field: string): string | null => {
    const key = find(field);
    return key === null ? null : translator.t(key);
  };
  const sentence = (field: string): FactorSentence => ({
    named: keyOf(field),
    unnamed: find(`${field}.unnamed`) ?? keyOf(field),
  });
  return {
    name: say('name'),
    proof: say('proof'),
    by: say('by'),
    label: say('label'),
    thing: say('thing'),
    proofs: say('proofs'),
    about: say('about'),
    offer: say('offer'),
    add: say('add'),
    replace: sayIfAny('replace'),
    otherDestination: sayIfAny('otherDestination'),
    purpose: { add: say('purpose.add'), replace: say('purpose.replace') },
    choice: sentence('choice'),
    noneAtHand: say('noneAtHand'),
    prompt: {
      heading: say('prompt.heading'),
      lead: sentence('prompt.lead'),
      field: say('prompt.field'),
      hint: sayIfAny('prompt.hint'),
    },
    before:
      find('before.heading') === null
        ? null
        : { heading: say('before.heading'), lead: say('before.lead'), button: sayIfAny('before.button') },
    setUp: { heading: say('setUp.heading'), lead: say('setUp.lead'), field: say('setUp.field') },
    saved: {
      heading: say('saved.heading'),
      first: sentence('saved.first'),
      further: sentence('saved.further'),
    },
    refusal: (because) => sayIfAny(`refusals.${because}`),
  };
}

/** English without the host's changes, for logs, errors and the stored labels of authenticators. */
export const ENGLISH: Translator = createTranslator(SOURCE_LANGUAGE, {
  override: (_language, key) => FACTOR_MESSAGES.get(key),
  onError: () => undefined,
});

/** The label of an authenticator: the one its owner chose, or the default one in this language. */
export function labelIn(
  translator: Translator,
  { kind, label }: { readonly kind: FactorKind; readonly label: string },
): string {
  return label === wordsOf(ENGLISH, kind).label ? wordsOf(translator, kind).label : label;
}
