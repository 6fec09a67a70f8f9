import { readEvidence, writeEvidence, type Evidence } from '../../core/decision/assurance';
import { isChannel } from '../../core/member/factor-kind';
import type { SentCode } from '../../core/proof/one-time-code';
import type { Challenge, ChallengeOwner, ChallengePurpose, PendingLogin } from '../state-store';
import { isInstant, parseJson, parseObject, toTexts, toWholeNumber, unreadable } from './replies';

const STAGES: readonly SentCode['stage'][] = ['stored', 'counted', 'sent'];

/** Each code is a list of its fields in this order, without names. */
export function writeCodes(codes: readonly SentCode[]): string {
  return JSON.stringify(
    codes.map((code) => [
      code.id,
      code.sendId === code.id ? 0 : code.sendId,
      code.authenticatorId,
      `${code.kind}:${code.sentBy}`,
      code.codeHash,
      code.maskedDestination,
      code.sentAt,
      code.expiresAt - code.sentAt,
      STAGES.indexOf(code.stage),
    ]),
  );
}

export function readCodes(text: string): readonly SentCode[] {
  const codes = parseJson(text, 'sent codes');
  if (!Array.isArray(codes)) throw unreadable('sent codes');
  return codes.map(readCode);
}

function readCode(fields: unknown): SentCode {
  if (!Array.isArray(fields)) throw unreadable('a sent code');
  const [id, sendId, authenticatorId, kinds, codeHash, maskedDestination, sentAt, life, place]: unknown[] =
    fields;
  const [kind = '', sentBy] = typeof kinds === 'string' ? kinds.split(':') : [];
  if (typeof id !== 'string' || typeof authenticatorId !== 'string') throw unreadable('a sent code');
  if (typeof codeHash !== 'string' || typeof maskedDestination !== 'string') throw unreadable('a sent code');
  const stage = typeof place === 'number' ? STAGES[place] : undefined;
  if (!isChannel(sentBy) || stage === undefined) throw unreadable('a sent code');
  if (!isInstant(sentAt) || !isInstant(life) || (sendId !== 0 && typeof sendId !== 'string'))
    throw unreadable('a sent code');
  return {
    id,
    sendId: sendId === 0 ? id : sendId,
    authenticatorId,
    kind,
    codeHash,
    sentBy,
    maskedDestination,
    sentAt,
    expiresAt: sentAt + life,
    stage,
  };
}

/*
 * The fields of an owner's hash. Names and values are short, because Redis stores a hash with short values compactly.
 * x the end of all that is in it. The rest without a letter for the purpose is a pending login: o organization s started at v
 * evidence u the user's epoch g the organization's epoch
 * and, after the letter of the purpose, a challenge and the attempts spent: i id k kind, and authenticator behind a colon x end
 * n attempts w version c the sent codes r why there is none z sealed secret
 */

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
  if (isMissing(startedAt)) return undefined;
  if (isMissing(organizationId) || isMissing(evidence) || isMissing(expiresAt))
    throw unreadable('a pending login');
  if (isMissing(user) || isMissing(organization)) throw unreadable('a pending login');
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

const CHALLENGE_FIELDS = ['i', 'k', 'x', 'w', 'c', 'r', 'z', 'f'] as const;

export function challengeFields(purpose: ChallengePurpose): string[] {
  return CHALLENGE_FIELDS.map((field) => letterOf(purpose) + field);
}

/** Fields and values; null values are omitted. */
export function writeChallenge(challenge: Challenge): (string | number)[] {
  const { id, version, kind, authenticatorId, codes, notSent, sealedSecret, state, expiresAt } = challenge;
  const p = letterOf(challenge.purpose);
  const fields = [`${p}i`, id, `${p}k`, `${kind}:${authenticatorId}`, `${p}w`, version];
  if (codes.length > 0) fields.push(`${p}c`, writeCodes(codes));
  if (notSent !== null) fields.push(`${p}r`, notSent);
  if (sealedSecret !== null) fields.push(`${p}z`, sealedSecret);
  if (state !== null) fields.push(`${p}f`, JSON.stringify(state));
  return [...fields, `${p}x`, expiresAt];
}

export function readChallenge(reply: unknown, owner: ChallengeOwner): Challenge | undefined {
  const [id, kind, expiresAt, version, codes, notSent, sealedSecret, state] = toTexts(reply, 'a challenge');
  if (isMissing(id)) return undefined;
  if (isMissing(kind) || !kind.includes(':') || isMissing(expiresAt)) throw unreadable('a challenge');
  const notSentReason = notSent ?? null;
  if (isMissing(version) || !isNotSentReason(notSentReason)) throw unreadable('a challenge');
  return {
    userId: owner.userId,
    ownerId: owner.ownerId,
    purpose: owner.purpose,
    id,
    version,
    kind: kind.slice(0, kind.indexOf(':')),
    authenticatorId: kind.slice(kind.indexOf(':') + 1),
    codes: isMissing(codes) ? [] : readCodes(codes),
    notSent: notSentReason,
    sealedSecret: sealedSecret ?? null,
    state: isMissing(state) ? null : parseObject(state, 'a challenge'),
    expiresAt: toWholeNumber(expiresAt, 'a challenge'),
  };
}

function isNotSentReason(text: string | null): text is Challenge['notSent'] {
  return text === null || text === 'limit' || text === 'fault';
}

function isMissing(text: string | null | undefined): text is null | undefined {
  return text === null || text === undefined;
}
