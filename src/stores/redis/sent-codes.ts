import type { DeliveredKind } from '../../core/member/factor-kind';
import { letterOfMethod } from '../../core/proof/evidence-text';
import type { SentCode } from '../../core/proof/sent-code';
import { isInstant, parseJson } from './replies';
import { unreadable } from './store-errors';

const KIND_OF_LETTER: ReadonlyMap<unknown, DeliveredKind> = new Map([
  ['e', 'email'],
  ['s', 'sms'],
]);

const STAGES: readonly SentCode['stage'][] = ['stored', 'counted', 'sent'];

/** Each as a list of its fields in this order, without their names. */
export function writeCodes(codes: readonly SentCode[]): string {
  return JSON.stringify(
    codes.map((code) => [
      code.id,
      code.sendId === code.id ? 0 : code.sendId,
      code.authenticatorId,
      letterOfMethod(code.kind) + letterOfMethod(code.sentBy),
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
  const [kind, sentBy] = Array.from(typeof kinds === 'string' ? kinds : '', (letter) =>
    KIND_OF_LETTER.get(letter),
  );
  if (typeof id !== 'string' || typeof authenticatorId !== 'string') throw unreadable('a sent code');
  if (typeof codeHash !== 'string' || typeof maskedDestination !== 'string') throw unreadable('a sent code');
  const stage = typeof place === 'number' ? STAGES[place] : undefined;
  if (kind === undefined || sentBy === undefined || stage === undefined) throw unreadable('a sent code');
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
