import { isCredible } from '../clock';
import { findTraits, isChannel, type Channel, type FactorKind, type Factors } from '../member/factor-kind';
import { decodeId, encodeId } from '../text/host-id';

/**
 * How something was proven: `password`, `federated`, `host` for a session that the host began in its own way, `remembered-browser`,
 * `upstream` for the second factor of an identity provider, or a kind of second factor.
 */
export type EvidenceMethod = FactorKind;

/** One fact collected in a login or session. */
export interface Evidence {
  readonly method: EvidenceMethod;
  readonly at: number;
  readonly authenticatorId?: string;
  /** Through what the first factor came, where the host said so: see `channel`. */
  readonly channel?: string;
  /**
   * A sign-in that we saw happen at `at`. Without it, a session of the host was merely found then. With a kind of factor, it was the way
   * in, without a password: a passkey that verified its user proves both factors (NIST SP 800-63B-4, 3.2.10).
   */
  readonly seen?: true;
  /** The channel by which the code went instead, where a text message did not go out. It proves what a code of that channel proves. */
  readonly sentBy?: Channel;
  /** RFC 8176 values, where the proof said more than the traits of its kind. */
  readonly amr?: readonly string[];
}

export type Assurance = 'none' | 'single-factor' | 'multi-factor';

const FIRST_FACTORS: ReadonlySet<EvidenceMethod> = new Set(['password', 'host', 'federated']);

/** They stand in for a second factor at sign-in, and prove none. */
const STAND_INS: ReadonlySet<EvidenceMethod> = new Set(['remembered-browser', 'upstream']);

/** Two kinds, not two proofs: what the first factor is, and a second factor besides. A factor that was the way in is both. */
export function deriveAssurance(evidence: readonly Evidence[]): Assurance {
  const hasSecond = evidence.some(isSecondFactor);
  const hasFirst = evidence.some((item) => FIRST_FACTORS.has(item.method) || isWayIn(item));
  if (hasFirst && hasSecond) return 'multi-factor';
  return hasFirst || hasSecond ? 'single-factor' : 'none';
}

/** The authenticator assurance level (NIST SP 800-63B-4). A second factor whose traits are unknown here reaches none. */
export function deriveAssuranceLevel(evidence: readonly Evidence[], factors: Factors): 1 | 2 {
  const strong = evidence.filter(
    (item) => !isSecondFactor(item) || findTraits(factors, provenBy(item))?.assuranceLevel === 2,
  );
  return deriveAssurance(strong) === 'multi-factor' ? 2 : 1;
}

/** What it proves: a code for a phone that came by email proves the mailbox. The factor of a channel has its name. */
export function provenBy({ method, sentBy }: Evidence): EvidenceMethod {
  return sentBy ?? method;
}

/** RFC 8176 values. What the host or an identity provider did has none: only they know. */
export function deriveAmr(evidence: readonly Evidence[], factors: Factors): string[] {
  const values = evidence
    .flatMap((item) =>
      item.method === 'password' ? 'pwd' : (item.amr ?? findTraits(factors, provenBy(item))?.amr),
    )
    .filter((value) => value !== undefined);
  return [...new Set(values)];
}

/** Every kind of factor, also one that only another version of this package knows. */
export function isSecondFactor({ method }: Evidence): boolean {
  return !FIRST_FACTORS.has(method) && !STAND_INS.has(method);
}

export function isStandIn({ method }: Evidence): boolean {
  return STAND_INS.has(method);
}

/** A factor with which the person signed in, instead of a password. */
function isWayIn(evidence: Evidence): boolean {
  return evidence.seen === true && isSecondFactor(evidence);
}

export function isFirstFactor(evidence: Evidence): boolean {
  return FIRST_FACTORS.has(evidence.method);
}

/** The newest credible instant at which something that satisfies `wanted` was proven, or null. */
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
 * Adds a proof, keeping only the newest of each method, authenticator and channel, so that a session does not grow. A code that went
 * by email never takes the place of one that reached the phone, nor a later proof the place of the one that was the way in.
 */
export function addEvidence(evidence: readonly Evidence[], proof: Evidence): Evidence[] {
  const others = evidence.filter(
    (item) =>
      item.method !== proof.method ||
      item.authenticatorId !== proof.authenticatorId ||
      item.channel !== proof.channel ||
      item.sentBy !== proof.sentBy ||
      isWayIn(item) !== isWayIn(proof),
  );
  return [...others, proof];
}

/*
 * Evidence as short text without quotes, since it stands in every session and every pending login: items behind commas, and in each,
 * behind colons, the method, an instant, the authenticator, the channel, the channel that a code fell back to, and values for `amr`. A factor is written
 * with the name of its kind, so that a process that does not know the kind keeps it; every other method is one letter, a capital one
 * for a sign-in that was seen, also by a factor.
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

/** Undefined where `writeMethod` writes no such thing. */
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

/** Null where this is not what `writeEvidence` writes. */
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

/** An instant in few characters: base 36, eight of them until the year 2059. */
export function writeInstant(at: number): string {
  return at.toString(36);
}

/** Null if the text is not an instant. */
export function readInstant(text: string): number | null {
  if (!/^[0-9a-z]{1,11}$/.test(text)) return null;
  const at = Number.parseInt(text, 36);
  return Number.isSafeInteger(at) ? at : null;
}
