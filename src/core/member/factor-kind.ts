/**
 * A kind of second factor, such as an authenticator app. What each kind is like is in its traits. A kind that this process has no
 * traits for is kept: during a rolling deployment its owner has it and can't prove it here.
 */
export type FactorKind = string;

/** What a factor keeps with an authenticator or a challenge: plain JSON that only the factor reads. */
export type FactorState = object;

/** How a code travels to a person. */
export type Channel = 'email' | 'sms';

export const CHANNELS: readonly Channel[] = ['email', 'sms'];

export function isChannel(value: unknown): value is Channel {
  return CHANNELS.some((channel) => channel === value);
}

/**
 * Which counter a wrong proof moves. Recovery codes have their own, so that guessing at one-time codes can't lock the owner out of
 * the way back in.
 */
export type GuessGroup = 'codes' | 'recovery-codes';

/** What the rules need to know about a kind, as plain data in the facts. */
export interface FactorTraits {
  readonly kind: FactorKind;
  /** Higher is stronger. A step-up asks for the highest rank that the person has. */
  readonly rank: number;
  /** The value for `amr` (RFC 8176). */
  readonly amr: string;
  /** The authenticator assurance level that it reaches beside a first factor (NIST SP 800-63B-4). */
  readonly assuranceLevel: 1 | 2;
  readonly phishingResistant: boolean;
  /** Null where no code travels. */
  readonly channel: Channel | null;
  /** Whether people set it up and policies allow it. What is not enrollable stands in for the kinds that are. */
  readonly enrollable: boolean;
  /** Whether an administrator's assignment and an address on file make it work without enrollment. */
  readonly worksOnFile: boolean;
  /** Whether it must not be an organization's only method. */
  readonly restricted: boolean;
  /** Null where guessing is impossible. */
  readonly guessGroup: GuessGroup | null;
  /** Whether all authenticators of the kind answer one challenge, as passkeys do: a browser finds out which one is at hand. */
  readonly askedTogether: boolean;
}

/** The traits of every kind that this process knows, in the order in which kinds are offered. */
export type Factors = readonly FactorTraits[];

export function findTraits(factors: Factors, kind: unknown): FactorTraits | undefined {
  return factors.find((traits) => traits.kind === kind);
}

/** The channel by which the kind's codes travel, or null. */
export function channelOf(factors: Factors, kind: FactorKind): Channel | null {
  return findTraits(factors, kind)?.channel ?? null;
}

/** The kinds that people can enroll and organizations can allow. */
export function enrollableOf(factors: Factors): readonly FactorKind[] {
  return factors.filter(({ enrollable }) => enrollable).map(({ kind }) => kind);
}

/** The kind that stands in for the others, for a person who lost them. */
export function findBackup(factors: Factors): FactorTraits | undefined {
  return factors.find(({ enrollable }) => !enrollable);
}

/** The group of the backup that people print out. */
export const RECOVERY_CODES_GROUP = 'recovery-codes' satisfies GuessGroup;

/** The authenticator id that stands for the whole set of recovery codes. */
export const RECOVERY_CODES_ID = 'recovery-codes';

const ON_FILE = 'on-file-';

/** The authenticator id of an address that the host has on file, used where an administrator assigned that kind. */
export function onFileId(kind: FactorKind): string {
  return ON_FILE + kind;
}

/** The kind whose address on file an id stands for, or null for every other id. */
export function onFileKind(authenticatorId: string): FactorKind | null {
  return authenticatorId.startsWith(ON_FILE) ? authenticatorId.slice(ON_FILE.length) || null : null;
}

const ANY = 'any-';

/** The authenticator id that stands for all of a kind that is asked together. */
export function anyOfKindId(kind: FactorKind): string {
  return ANY + kind;
}
