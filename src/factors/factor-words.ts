import type { Authenticator } from '../core/member/authenticator';
import type { FactorKind } from '../core/member/factor-kind';
import { SOURCE_LANGUAGE, type MessageKey } from '../messages/catalogues';
import { createTranslator, type Translator } from '../messages/translator';
import type { FactorViews } from './factor';
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

/**
 * The keys of a sentence about a factor. It may use `{issuer}`, the name of the app, `{label}`, ` (its name)` where the authenticator
 * has one, and `{destination}`. `unnamed` is for an address that is not known.
 */
export interface Told {
  readonly named: MessageKey;
  readonly unnamed: MessageKey;
}

/** What pages, mails and lists say about a factor: the messages `factor.<kind>.<field>` of the catalogue. */
export interface FactorWords {
  /** In lists, filters and charts: `Authenticator app`. */
  readonly name: string;
  /** How a session was proven: `authenticator app`. */
  readonly proof: string;
  /** Behind `codes sent to m•••@acme.example, by`: `email`. */
  readonly by: string;
  /** What an authenticator is called until its owner names it: `Phone`. */
  readonly label: string;
  /** The subject of a sentence in a mail: `The phone`. */
  readonly thing: string;
  /** Before `are turned off.`: `Codes by email`. */
  readonly proofs: string;
  /** What it means to choose it. */
  readonly about: string;
  /** The same for an administrator who may offer it. */
  readonly offer: string;
  /** The button that adds one: `Add a phone number`. */
  readonly add: string;
  /** The link that puts another one in its place, or null where it is added and removed instead. */
  readonly replace: string | null;
  /** The link back from the code to the form for an address; null where there is none. */
  readonly otherDestination: string | null;
  /** Behind `Confirm it’s you to`. `replace` is for one that takes the place of another. */
  readonly purpose: { readonly add: string; readonly replace: string };
  /** The button that chooses it as the way to sign in. */
  readonly choice: Told;
  /** The heading of the other ways, on the page that asks for this one. */
  readonly noneAtHand: string;
  readonly prompt: {
    readonly heading: string;
    readonly lead: Told;
    readonly field: string;
    readonly hint: string | null;
  };
  /** A page before it is set up, or null. Its button is null where the view holds buttons of its own. */
  readonly before: { readonly heading: string; readonly lead: string; readonly button: string | null } | null;
  readonly setUp: { readonly heading: string; readonly lead: string; readonly field: string };
  /** After it is set up, as the person's first and as a further one. */
  readonly saved: { readonly heading: string; readonly first: Told; readonly further: Told };
  /** The sentence for a refusal where the general one would be wrong. */
  refusal(because: string): string | null;
}

/** The messages of kinds that only another version of this package knows. */
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
  const told = (field: string): Told => ({
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
    choice: told('choice'),
    noneAtHand: say('noneAtHand'),
    prompt: {
      heading: say('prompt.heading'),
      lead: told('prompt.lead'),
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
      first: told('saved.first'),
      further: told('saved.further'),
    },
    refusal: (because) => sayIfAny(`refusals.${because}`),
  };
}

/** English in the package's own words, for logs, errors and the names that authenticators are stored with. */
export const ENGLISH: Translator = createTranslator(SOURCE_LANGUAGE, {
  override: (_language, key) => FACTOR_MESSAGES.get(key),
  onError: () => undefined,
});

/** The name of an authenticator: its owner's, or the usual one in this language. */
export function labelIn(
  translator: Translator,
  { kind, label }: { readonly kind: FactorKind; readonly label: string },
): string {
  return label === wordsOf(ENGLISH, kind).label ? wordsOf(translator, kind).label : label;
}
