import type { FactorKind } from '../member/factor-kind';
import { isCredible } from '../text/credible-instant';

/** How something was proven. `host` is a session that the host began by a way of its own. */
export type EvidenceMethod = 'password' | 'host' | 'federated' | 'remembered-browser' | FactorKind;

/** One fact collected in a login or session. */
export interface Evidence {
  readonly method: EvidenceMethod;
  readonly at: number;
  readonly authenticatorId?: string;
  /** Through what the first factor came, where the host said so: see `channel`. */
  readonly channel?: string;
  /** A sign-in of the host that we saw happen at `at`; without it a session of the host was merely found then. */
  readonly seen?: true;
  /** An SMS code that was sent by email instead, because the SMS did not go out. */
  readonly sentBy?: 'email';
}

export type Assurance = 'none' | 'single-factor' | 'multi-factor';

const SECOND_FACTORS: ReadonlySet<EvidenceMethod> = new Set(['totp', 'email', 'sms', 'recovery-code']);
const FIRST_FACTORS: ReadonlySet<EvidenceMethod> = new Set(['password', 'host', 'federated']);

/**
 * RFC 8176 values. The registry has none for an email code or a recovery code; both are one-time passwords.
 * What the host did by itself is not ours to name.
 */
const AMR: ReadonlyMap<EvidenceMethod, string> = new Map([
  ['password', 'pwd'],
  ['totp', 'otp'],
  ['email', 'otp'],
  ['sms', 'sms'],
  ['recovery-code', 'otp'],
]);

/** Two kinds, not two proofs: what the first factor is, and a second factor besides. */
export function deriveAssurance(evidence: readonly Evidence[]): Assurance {
  const hasSecond = evidence.some(({ method }) => SECOND_FACTORS.has(method));
  const hasFirst = evidence.some(({ method }) => FIRST_FACTORS.has(method));
  if (hasFirst && hasSecond) return 'multi-factor';
  return hasFirst || hasSecond ? 'single-factor' : 'none';
}

/** The authenticator assurance level. Email is no out-of-band authenticator at level 2 (NIST SP 800-63B-4, 3.1.3.1). */
export function deriveAssuranceLevel(evidence: readonly Evidence[]): 1 | 2 {
  const strong = evidence.filter((item) => provenBy(item) !== 'email');
  return deriveAssurance(strong) === 'multi-factor' ? 2 : 1;
}

/** By what it was proven in fact: an SMS code that came by email proves the mailbox. */
export function provenBy({ method, sentBy }: Evidence): EvidenceMethod {
  return sentBy ?? method;
}

export function deriveAmr(evidence: readonly Evidence[]): string[] {
  const values = evidence.map((item) => AMR.get(provenBy(item))).filter((value) => value !== undefined);
  return [...new Set(values)];
}

export function isSecondFactor(evidence: Evidence): boolean {
  return SECOND_FACTORS.has(evidence.method);
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
 * by email never takes the place of one that reached the phone.
 */
export function addEvidence(evidence: readonly Evidence[], proof: Evidence): Evidence[] {
  const others = evidence.filter(
    (item) =>
      item.method !== proof.method ||
      item.authenticatorId !== proof.authenticatorId ||
      item.channel !== proof.channel ||
      item.sentBy !== proof.sentBy,
  );
  return [...others, proof];
}
