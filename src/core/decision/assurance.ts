import { isCredible } from '../clock';
import { findTraits, isChannel, type Channel, type FactorKind, type Factors } from '../member/factor-kind';
import { decodeId, encodeId } from '../text/host-id';

/**
 * How something was proven: `password`, `federated`, `host` (a session that the host started itself), `remembered-browser`,
 * `upstream` (the second factor of an identity provider), or a kind of second factor.
 */
export type EvidenceMethod = FactorKind;

/** One proof collected in a login or session. */
export interface Evidence {
  readonly method: EvidenceMethod;
  readonly at: number;
  readonly authenticatorId?: string;
  /** The channel of the first factor, if the host named it: see `channel`. */
  readonly channel?: string;
  /**
   * This package saw the sign-in at `at`. Without it, a session of the host was first noticed at `at`. If the method is a kind of
   * factor, the person signed in with it and without a password: a passkey that verified its user proves both factors (NIST SP
   * 800-63B-4, 3.2.10).
   */
  readonly seen?: true;
  /**
   * The channel that delivered the code, if the text message failed. The evidence then proves what a code of that channel proves.
   */
  readonly sentBy?: Channel;
  /** RFC 8176 values, if the proof says more than the traits of its kind. */
  readonly amr?: readonly string[];
}

export type Assurance = 'none' | 'single-factor' | 'multi-factor';

const FIRST_FACTORS: ReadonlySet<EvidenceMethod> = new Set(['password', 'host', 'federated']);

/** Accepted instead of a second factor at sign-in. They do not prove one. */
const SUBSTITUTES: ReadonlySet<EvidenceMethod> = new Set(['remembered-browser', 'upstream']);

/** Multi-factor takes a first and a second factor; two second factors are not enough. A factor used to sign in counts as both. */
export function deriveAssurance(evidence: readonly Evidence[]): Assurance {
  const hasSecond = evidence.some(isSecondFactor);
  const hasFirst = evidence.some((item) => FIRST_FACTORS.has(item.method) || isSignInProof(item));
  if (hasFirst && hasSecond) return 'multi-factor';
  return hasFirst || hasSecond ? 'single-factor' : 'none';
}

/** The authenticator assurance level (NIST SP 800-63B-4). A second factor without known traits does not count. */
export function deriveAssuranceLevel(evidence: readonly Evidence[], factors: Factors): 1 | 2 {
  const strong = evidence.filter(
    (item) => !isSecondFactor(item) || findTraits(factors, provenBy(item))?.assuranceLevel === 2,
  );
  return deriveAssurance(strong) === 'multi-factor' ? 2 : 1;
}

/** A code for a phone that was delivered by email proves the mailbox. A channel and its factor have the same name. */
export function provenBy({ method, sentBy }: Evidence): EvidenceMethod {
  return sentBy ?? method;
}

/** RFC 8176 values. Empty for evidence from the host or an identity provider, because only they know how it was proven. */
export function deriveAmr(evidence: readonly Evidence[], factors: Factors): string[] {
  const values = evidence
    .flatMap((item) =>
      item.method === 'password' ? 'pwd' : (item.amr ?? findTraits(factors, provenBy(item))?.amr),
    )
    .filter((value) => value !== undefined);
  return [...new Set(values)];
}

/** Includes kinds that only another version of this package knows. */
export function isSecondFactor({ method }: Evidence): boolean {
  return !FIRST_FACTORS.has(method) && !SUBSTITUTES.has(method);
}

export function isSubstitute({ method }: Evidence): boolean {
  return SUBSTITUTES.has(method);
}

/** A factor that was used to sign in, instead of a password. */
function isSignInProof(evidence: Evidence): boolean {
  return evidence.seen === true && isSecondFactor(evidence);
}

export function isFirstFactor(evidence: Evidence): boolean {
  return FIRST_FACTORS.has(evidence.method);
}

export function latestProof(
  evidence: readonly Evidence[],
  wanted: (evidence: Evidence) => boolean,
  now: number,
): number | null {
  return evidence
    .filter((item) => wanted(item) && isCredible(item.at, now))
    .reduce<number | null>((latest, { at }) => (latest === null || at > latest ? at : latest), null);
}

/**
 * Adds a proof and keeps only the newest of each method, authenticator and channel, so that a session does not grow. A code
 * delivered by email never replaces one delivered to the phone, and a later proof never replaces the one that was the sign-in.
 */
export function addEvidence(evidence: readonly Evidence[], proof: Evidence): Evidence[] {
  const others = evidence.filter(
    (item) =>
      item.method !== proof.method ||
      item.authenticatorId !== proof.authenticatorId ||
      item.channel !== proof.channel ||
      item.sentBy !== proof.sentBy ||
      isSignInProof(item) !== isSignInProof(proof),
  );
  return [...others, proof];
}

/*
 * Evidence is stored as short text without quotes, because every session and pending login carries it. Commas separate items.
 * Colons separate the fields of an item: method, instant, authenticator, channel, fallback channel, and `amr` values. A factor is
 * written as the name of its kind, so that a process that does not know the kind can keep it. Every other method is one letter.
 * Capitals mark a sign-in that was seen, for factors too.
 */

const LETTERS: ReadonlyMap<EvidenceMethod, string> = new Map([
  ['password', 'p'],
  ['host', 'h'],
  ['federated', 'f'],
  ['remembered-browser', 'b'],
  ['upstream', 'u'],
]);

const METHODS: ReadonlyMap<string, EvidenceMethod> = new Map(
  [...LETTERS].map(([method, letter]) => [letter, method]),
);

export function writeMethod(method: EvidenceMethod): string {
  return LETTERS.get(method) ?? method;
}

export function readMethod(text: string): EvidenceMethod | undefined {
  return METHODS.get(text) ?? (/^[a-z][a-z0-9-]+$/.test(text) && !LETTERS.has(text) ? text : undefined);
}

export function writeEvidence(evidence: readonly Evidence[]): string {
  return evidence.map(writeItem).join(',');
}

function writeItem({ method, at, authenticatorId, channel, seen, sentBy, amr = [] }: Evidence): string {
  const written = writeMethod(method);
  const fact = [seen === true ? written.toUpperCase() : written, writeInstant(at)];
  const rest = [encodeId(authenticatorId ?? ''), encodeId(channel ?? ''), sentBy ?? '', amr.join('+')];
  return [...fact, ...rest].join(':').replace(/:+$/, '');
}

export function readEvidence(text: string): readonly Evidence[] | null {
  if (text === '') return [];
  const read: Evidence[] = [];
  for (const item of text.split(',')) {
    const evidence = readItem(item);
    if (evidence === null) return null;
    read.push(evidence);
  }
  return read;
}

function readItem(item: string): Evidence | null {
  const [written = '', instant = '', authenticatorId = '', channel = '', sentBy = '', amr = '', ...more] =
    item.split(':');
  const method = readMethod(written.toLowerCase());
  const isSeen = written !== written.toLowerCase();
  const at = readInstant(instant);
  if (method === undefined || at === null || more.length > 0) return null;
  const isSignIn = method === 'host' || method === 'federated' || !LETTERS.has(method);
  if (isSeen && !isSignIn) return null;
  if (sentBy !== '' && !isChannel(sentBy)) return null;
  if (amr !== '' && !/^[a-z]+(?:\+[a-z]+)*$/.test(amr)) return null;
  return {
    method,
    at,
    ...(authenticatorId === '' ? {} : { authenticatorId: decodeId(authenticatorId) }),
    ...(channel === '' ? {} : { channel: decodeId(channel) }),
    ...(isSeen ? { seen: true } : {}),
    ...(sentBy === '' ? {} : { sentBy }),
    ...(amr === '' ? {} : { amr: amr.split('+') }),
  };
}

/** An instant in base 36: eight characters until the year 2059. */
export function writeInstant(at: number): string {
  return at.toString(36);
}

export function readInstant(text: string): number | null {
  if (!/^[0-9a-z]{1,11}$/.test(text)) return null;
  const at = Number.parseInt(text, 36);
  return Number.isSafeInteger(at) ? at : null;
}
