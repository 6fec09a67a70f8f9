/**
 * A kind of second factor, such as an authenticator app. Its traits describe it. Authenticators of a kind that this process does
 * not know are kept: during a rolling deployment, their owner cannot prove them here, but other processes can verify them.
 */
export type FactorKind = string;

/** The data of a factor in an authenticator or a challenge: plain JSON that only the factor reads. */
export type FactorState = object;

/** How a code is delivered to a person. */
export type Channel = 'email' | 'sms';

export const CHANNELS: readonly Channel[] = ['email', 'sms'];

export function isChannel(value: unknown): value is Channel {
  return CHANNELS.some((channel) => channel === value);
}

/**
 * The counter that a wrong proof increments. Recovery codes have their own, so that an attacker who guesses one-time codes can't
 * also lock the owner out of the recovery codes.
 */
export type GuessGroup = 'codes' | 'recovery-codes';

export interface FactorTraits {
  readonly kind: FactorKind;
  /** Higher is stronger. A step-up requires the highest rank that the person has. */
  readonly rank: number;
  /** The value for `amr` (RFC 8176). */
  readonly amr: string;
  /** The authenticator assurance level that it reaches together with a first factor (NIST SP 800-63B-4). */
  readonly assuranceLevel: 1 | 2;
  readonly phishingResistant: boolean;
  /** Null if no code is delivered. */
  readonly channel: Channel | null;
  /** Whether people can set it up and policies can allow it. A kind that is not enrollable is a backup for the others. */
  readonly enrollable: boolean;
  /** Whether it works without enrollment if an administrator assigns it and there is an address on file. */
  readonly worksOnFile: boolean;
  /** Whether it must not be an organization's only method. */
  readonly restricted: boolean;
  /** Null if it cannot be guessed. */
  readonly guessGroup: GuessGroup | null;
  /** Whether any authenticator of the kind can answer a challenge: the browser finds out which passkey is available. */
  readonly askedTogether: boolean;
}

/** The traits of every kind that this process knows, in the order in which kinds are offered. */
export type Factors = readonly FactorTraits[];

export function findTraits(factors: Factors, kind: unknown): FactorTraits | undefined {
  return factors.find((traits) => traits.kind === kind);
}

export function channelOf(factors: Factors, kind: FactorKind): Channel | null {
  return findTraits(factors, kind)?.channel ?? null;
}

export function enrollableOf(factors: Factors): readonly FactorKind[] {
  return factors.filter(({ enrollable }) => enrollable).map(({ kind }) => kind);
}

export function findBackup(factors: Factors): FactorTraits | undefined {
  return factors.find(({ enrollable }) => !enrollable);
}

export const RECOVERY_CODES_GROUP = 'recovery-codes' satisfies GuessGroup;

/** The authenticator id of the whole set of recovery codes. */
export const RECOVERY_CODES_ID = 'recovery-codes';

const ON_FILE = 'on-file-';

/** The authenticator id of an address on file, used if an administrator assigned that kind. */
export function onFileId(kind: FactorKind): string {
  return ON_FILE + kind;
}

export function onFileKind(authenticatorId: string): FactorKind | null {
  return authenticatorId.startsWith(ON_FILE) ? authenticatorId.slice(ON_FILE.length) || null : null;
}

const ANY = 'any-';

/** The authenticator id for all authenticators of a kind that is asked together. */
export function anyOfKindId(kind: FactorKind): string {
  return ANY + kind;
}
