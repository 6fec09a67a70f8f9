import type { Evidence, EvidenceMethod } from '../../core/assurance';
import type { DeliveredKind, FactorKind } from '../../core/factor-kind';
import type { Challenge, ChallengeOwner, ChallengePurpose, PendingLogin } from '../state-store';
import { isInstant, parseJson, toTexts, toWholeNumber } from './replies';
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

const METHOD_LETTERS: Readonly<Record<EvidenceMethod, string>> = {
  password: 'p',
  host: 'h',
  federated: 'f',
  'remembered-browser': 'b',
  totp: 't',
  email: 'e',
  sms: 's',
  'recovery-code': 'r',
};

const KIND_OF_LETTER: ReadonlyMap<string, FactorKind> = new Map([
  ['t', 'totp'],
  ['e', 'email'],
  ['s', 'sms'],
  ['r', 'recovery-code'],
]);

const METHOD_OF_LETTER: ReadonlyMap<string, EvidenceMethod> = new Map<string, EvidenceMethod>([
  ...KIND_OF_LETTER,
  ['p', 'password'],
  ['h', 'host'],
  ['f', 'federated'],
  ['b', 'remembered-browser'],
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

export function writeEvidence(evidence: readonly Evidence[]): string {
  const items = evidence.map(({ method, at, authenticatorId, channel, sentBy }) => {
    const item = [METHOD_LETTERS[method], at];
    if (sentBy !== undefined) return [...item, authenticatorId ?? null, channel ?? null, sentBy];
    if (channel !== undefined) return [...item, authenticatorId ?? null, channel];
    return authenticatorId === undefined ? item : [...item, authenticatorId];
  });
  return JSON.stringify(items);
}

function readEvidence(text: string): readonly Evidence[] {
  const items = parseJson(text, 'evidence');
  if (!Array.isArray(items)) throw unreadable('evidence');
  return items.map((item: unknown) => {
    if (!Array.isArray(item)) throw unreadable('evidence');
    const [letter, at, authenticatorId, channel, sentBy] = item as readonly unknown[];
    const method = typeof letter === 'string' ? METHOD_OF_LETTER.get(letter) : undefined;
    if (method === undefined || !isInstant(at)) throw unreadable('evidence');
    if (sentBy !== undefined && sentBy !== 'email') throw unreadable('evidence');
    const texts = { ...optionalText({ authenticatorId }), ...optionalText({ channel }) };
    return { method, at, ...texts, ...(sentBy === undefined ? {} : { sentBy }) };
  });
}

/** A field of evidence that may be absent. */
function optionalText<Name extends string>(
  field: Readonly<Record<Name, unknown>>,
): { [Key in Name]?: string } {
  const texts: { [Key in Name]?: string } = {};
  for (const name in field) {
    const value: unknown = field[name];
    if (value === undefined || value === null) continue;
    if (typeof value !== 'string') throw unreadable('evidence');
    texts[name] = value;
  }
  return texts;
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
    evidence: readEvidence(evidence),
    epochs: { user, organization },
    startedAt: toWholeNumber(startedAt, 'a pending login'),
    expiresAt: toWholeNumber(expiresAt, 'a pending login'),
  };
}

const CHALLENGE_FIELDS = ['i', 'k', 'x', 'c', 'z', 'm', 'd'] as const;

export function challengeFields(purpose: ChallengePurpose): string[] {
  return CHALLENGE_FIELDS.map((field) => letterOf(purpose) + field);
}

/** Fields and values; what is null has none. */
export function writeChallenge(challenge: Challenge): (string | number)[] {
  const p = letterOf(challenge.purpose);
  const fields = [`${p}i`, challenge.id, `${p}k`, METHOD_LETTERS[challenge.kind] + challenge.authenticatorId];
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
  return kind === null ? '-' : METHOD_LETTERS[kind];
}

function isNothing(text: string | null | undefined): text is null | undefined {
  return text === null || text === undefined;
}
