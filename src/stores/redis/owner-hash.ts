import type { Evidence } from '../../core/assurance';
import { letterOfMethod, readEvidence, writeEvidence } from '../../core/evidence-text';
import type { DeliveredKind, FactorKind } from '../../core/factor-kind';
import type { Challenge, ChallengeOwner, ChallengePurpose, PendingLogin } from '../state-store';
import { toTexts, toWholeNumber } from './replies';
import { unreadable } from './store-errors';

/*
 * The fields of an owner's hash. Names and values are short, since Redis keeps a hash of short ones in one small block.
 *
 *   x  the end of all that is in it. The rest without a letter for the purpose is a pending login:
 *   o  organization    s  started at    v  evidence    u  the user's epoch    g  the organization's epoch
 *
 * and, after the letter of the purpose, a challenge and the attempts spent:
 *   i  id    k  letter of the kind, and authenticator    x  end    n  attempts
 *   c  hash of the code    z  sealed secret    m  masked destination    d  how it was sent, and when
 */

const KIND_OF_LETTER: ReadonlyMap<string, FactorKind> = new Map([
  ['t', 'totp'],
  ['e', 'email'],
  ['s', 'sms'],
  ['r', 'recovery-code'],
]);

const PURPOSE_LETTERS: Readonly<Record<ChallengePurpose, string>> = {
  login: 'l',
  'step-up': 's',
  enroll: 'e',
  unlock: 'u',
};

export function letterOf(purpose: ChallengePurpose): string {
  return PURPOSE_LETTERS[purpose];
}

export const PENDING_FIELDS = ['o', 's', 'v', 'u', 'g', 'x'] as const;

export function writePendingLogin(pending: PendingLogin): (string | number)[] {
  const { organizationId, startedAt, evidence, epochs, expiresAt } = pending;
  const login = ['o', organizationId, 's', startedAt, 'v', writeEvidence(evidence)];
  return [...login, 'u', epochs.user, 'g', epochs.organization, 'x', expiresAt];
}

export function readPendingLogin(reply: unknown, userId: string, id: string): PendingLogin | undefined {
  const [organizationId, startedAt, evidence, user, organization, expiresAt] = toTexts(
    reply,
    'a pending login',
  );
  if (isNothing(startedAt)) return undefined;
  if (isNothing(organizationId) || isNothing(evidence) || isNothing(expiresAt))
    throw unreadable('a pending login');
  if (isNothing(user) || isNothing(organization)) throw unreadable('a pending login');
  return {
    id,
    userId,
    organizationId,
    evidence: toEvidence(evidence),
    epochs: { user, organization },
    startedAt: toWholeNumber(startedAt, 'a pending login'),
    expiresAt: toWholeNumber(expiresAt, 'a pending login'),
  };
}

function toEvidence(text: string): readonly Evidence[] {
  const evidence = readEvidence(text);
  if (evidence === null) throw unreadable('evidence');
  return evidence;
}

const CHALLENGE_FIELDS = ['i', 'k', 'x', 'c', 'z', 'm', 'd'] as const;

export function challengeFields(purpose: ChallengePurpose): string[] {
  return CHALLENGE_FIELDS.map((field) => letterOf(purpose) + field);
}

/** Fields and values; what is null has none. */
export function writeChallenge(challenge: Challenge): (string | number)[] {
  const p = letterOf(challenge.purpose);
  const fields = [`${p}i`, challenge.id, `${p}k`, letterOfMethod(challenge.kind) + challenge.authenticatorId];
  if (challenge.sealedSecret !== null) fields.push(`${p}z`, challenge.sealedSecret);
  return [...fields, ...writeDelivery(challenge, challenge.purpose)];
}

export type Delivery = Pick<
  Challenge,
  'sentBy' | 'fallbackFrom' | 'sentAt' | 'maskedDestination' | 'codeHash' | 'expiresAt'
>;

export function writeDelivery(delivery: Delivery, purpose: ChallengePurpose): (string | number)[] {
  const { sentBy, fallbackFrom, sentAt, maskedDestination, codeHash, expiresAt } = delivery;
  const p = letterOf(purpose);
  const fields = [`${p}x`, expiresAt];
  if (codeHash !== null) fields.push(`${p}c`, codeHash);
  if (maskedDestination !== null) fields.push(`${p}m`, maskedDestination);
  const isSent = sentBy !== null || fallbackFrom !== null || sentAt !== null;
  const letters = `${letterOrDash(sentBy)}${letterOrDash(fallbackFrom)}`;
  if (isSent) fields.push(`${p}d`, `${letters}${sentAt ?? ''}`);
  return fields;
}

export function readChallenge(reply: unknown, owner: ChallengeOwner): Challenge | undefined {
  const [id, kind, expiresAt, codeHash, sealedSecret, maskedDestination, sent] = toTexts(
    reply,
    'a challenge',
  );
  if (isNothing(id)) return undefined;
  const factor = KIND_OF_LETTER.get(kind?.charAt(0) ?? '');
  if (factor === undefined || isNothing(kind) || isNothing(expiresAt)) throw unreadable('a challenge');
  return {
    userId: owner.userId,
    ownerId: owner.ownerId,
    purpose: owner.purpose,
    id,
    kind: factor,
    authenticatorId: kind.slice(1),
    codeHash: codeHash ?? null,
    sealedSecret: sealedSecret ?? null,
    maskedDestination: maskedDestination ?? null,
    ...readSending(sent),
    expiresAt: toWholeNumber(expiresAt, 'a challenge'),
  };
}

function readSending(text: string | null | undefined): Pick<Challenge, 'sentBy' | 'fallbackFrom' | 'sentAt'> {
  if (isNothing(text)) return { sentBy: null, fallbackFrom: null, sentAt: null };
  const [, by, from, at] = /^([es-])([s-])(\d*)$/.exec(text) ?? [];
  if (by === undefined || at === undefined) throw unreadable('a delivery');
  const sentBy: DeliveredKind | null = by === 'e' ? 'email' : by === 's' ? 'sms' : null;
  return {
    sentBy,
    fallbackFrom: from === 's' ? 'sms' : null,
    sentAt: at === '' ? null : toWholeNumber(at, 'a delivery'),
  };
}

function letterOrDash(kind: DeliveredKind | null): string {
  return kind === null ? '-' : letterOfMethod(kind);
}

function isNothing(text: string | null | undefined): text is null | undefined {
  return text === null || text === undefined;
}
