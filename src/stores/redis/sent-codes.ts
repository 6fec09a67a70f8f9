import { isChannel } from '../../core/member/factor-kind';
import type { SentCode } from '../../core/proof/sent-code';
import { isInstant, parseJson } from './replies';
import { unreadable } from './store-errors';

const STAGES: readonly SentCode['stage'][] = ['stored', 'counted', 'sent'];

/** Each as a list of its fields in this order, without their names. */
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
  const [kind, sentBy] = typeof kinds === 'string' ? kinds.split(':') : [];
  if (typeof id !== 'string' || typeof authenticatorId !== 'string') throw unreadable('a sent code');
  if (typeof codeHash !== 'string' || typeof maskedDestination !== 'string') throw unreadable('a sent code');
  const stage = typeof place === 'number' ? STAGES[place] : undefined;
  if (kind === undefined || !isChannel(sentBy) || stage === undefined) throw unreadable('a sent code');
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
