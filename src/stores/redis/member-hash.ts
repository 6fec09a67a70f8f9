import type { SpentChannel } from '../../core/address/destination';
import { FACTOR_RANKS, type FactorRank } from '../../core/decision/factor-strength';
import type { Authenticator, GuessGroup, OnFileUse } from '../../core/member/authenticator';
import { onFileId, type DeliveredKind } from '../../core/member/factor-kind';
import type { GuessCounter } from '../../core/member/guess-counter';
import { NO_MEMBER_SETTINGS, type Exemption, type MemberSettings } from '../../core/member/member';
import { decodeId, encodeId } from '../../core/text/encoded-id';
import type { MemberRecord } from '../record-store';
import { isInstant, parseObject, toHash, toOptionalNumber, toWholeNumber, type Hash } from './replies';
import { unreadable } from './store-errors';

/*
 * The fields of a user's hash. What scripts count or compare has a field of its own, so that none of them reads JSON.
 *
 *   e            the epoch                 q    when sessions were ended last
 *   h            a spent channel: its end and the channel
 *   m:<organization>  settings, JSON     x:<organization>  exemption, JSON    s:<organization>  skips used
 *   a:<authenticator> what never changes, JSON              l:<authenticator>  label
 *   k:<authenticator> sealed secret      f:<authenticator>  failures           t:<authenticator> last accepted step
 *   u:<authenticator> last used at       d:<authenticator>  disabled at        b:<authenticator>  step that is refused
 *   o:<authenticator> step accepted before
 *                f, u and d stand also under the id of an address on file
 *   g:<group>:<rank> failures of a group  w:<group>        locked until       n:<group>:<rank>  locks so far
 *   r            recovery codes left     i              when they were made     p    the authenticator asked first
 */

export const settingsField = (organizationId: string): string => `m:${encodeId(organizationId)}`;
export const exemptionField = (organizationId: string): string => `x:${encodeId(organizationId)}`;
export const skipsField = (organizationId: string): string => `s:${encodeId(organizationId)}`;

/** The fields of a new authenticator, with their values. */
export function writeAuthenticator(authenticator: Authenticator): string[] {
  const id = encodeId(authenticator.id);
  const { kind, createdAt, maskedDestination, failures, organizationId } = authenticator;
  const fields = [
    `a:${id}`,
    JSON.stringify({ kind, createdAt, maskedDestination, organizationId }),
    `l:${id}`,
    authenticator.label,
    `k:${id}`,
    authenticator.sealedSecret,
  ];
  if (failures > 0) fields.push(`f:${id}`, String(failures));
  if (authenticator.lastAcceptedStep !== null) fields.push(`t:${id}`, String(authenticator.lastAcceptedStep));
  if (authenticator.stepBefore !== undefined) fields.push(`o:${id}`, String(authenticator.stepBefore));
  if (authenticator.lastUsedAt !== null) fields.push(`u:${id}`, String(authenticator.lastUsedAt));
  if (authenticator.disabledAt !== null) fields.push(`d:${id}`, String(authenticator.disabledAt));
  return fields;
}

export function readMember(reply: unknown, userId: string, organizationId: string): MemberRecord {
  const fields = toHash(reply, 'a user');
  const { r: recoveryCodesLeft, i: issuedAt, p: preferred } = fields;
  return {
    userId,
    organizationId,
    epoch: fields['e'] ?? null,
    sessionsEndedAt: toOptionalNumber(fields['q'], 'an instant'),
    settings: readSettings(fields, encodeId(organizationId)),
    authenticators: readAuthenticators(fields),
    askedFirst: preferred === undefined ? null : decodeId(preferred),
    recoveryCodesLeft:
      recoveryCodesLeft === undefined ? 0 : toWholeNumber(recoveryCodesLeft, 'a count of codes'),
    recoveryCodesIssuedAt: toOptionalNumber(issuedAt, 'an instant'),
    guesses: { codes: readGuesses(fields, 'codes'), 'recovery-codes': readGuesses(fields, 'recovery-codes') },
    onFile: { email: readUse(fields, 'email'), sms: readUse(fields, 'sms') },
    spentChannel: readSpentChannel(fields['h']),
  };
}

function readSettings(fields: Hash, organization: string): MemberSettings {
  const settings = fields[`m:${organization}`];
  const exemption = fields[`x:${organization}`];
  const skips = fields[`s:${organization}`];
  if (settings === undefined && exemption === undefined && skips === undefined) return NO_MEMBER_SETTINGS;
  return {
    ...(settings === undefined ? { enabled: false, assignedKind: null } : parseSettings(settings)),
    exemption: exemption === undefined ? null : parseExemption(exemption),
    skipsUsed: skips === undefined ? 0 : toWholeNumber(skips, 'a count of skips'),
  };
}

function parseSettings(text: string): Pick<MemberSettings, 'enabled' | 'assignedKind'> {
  const { enabled, assignedKind } = parseObject(text, 'member settings');
  if (typeof enabled !== 'boolean') throw unreadable('member settings');
  if (assignedKind !== null && typeof assignedKind !== 'string') throw unreadable('member settings');
  return { enabled, assignedKind };
}

function parseExemption(text: string): Exemption {
  const { reason, grantedBy, grantedAt, until } = parseObject(text, 'an exemption');
  if (typeof reason !== 'string' || typeof grantedBy !== 'string') throw unreadable('an exemption');
  if (!isInstant(grantedAt) || !isInstant(until)) throw unreadable('an exemption');
  return { reason, grantedBy, grantedAt, until };
}

/** Every field of the counter of a group. */
export function guessFields(group: GuessGroup): readonly string[] {
  return [`w:${group}`, ...FACTOR_RANKS.flatMap((rank) => [`g:${group}:${rank}`, `n:${group}:${rank}`])];
}

function readGuesses(fields: Hash, group: GuessGroup): GuessCounter {
  const count = (letter: string, rank: FactorRank) =>
    toOptionalNumber(fields[`${letter}:${group}:${rank}`], 'a count of guesses') ?? 0;
  const counts = (letter: string) => ({ 1: count(letter, 1), 2: count(letter, 2), 3: count(letter, 3) });
  return {
    failures: counts('g'),
    locks: counts('n'),
    lockedUntil: toOptionalNumber(fields[`w:${group}`], 'the end of a lock'),
  };
}

function readSpentChannel(text: string | undefined): SpentChannel | null {
  if (text === undefined) return null;
  const [, until, channel] = /^(\d+) (\S+)$/.exec(text) ?? [];
  if (until === undefined || channel === undefined) throw unreadable('a spent channel');
  return { channel, until: toWholeNumber(until, 'a spent channel') };
}

function readUse(fields: Hash, kind: DeliveredKind): OnFileUse {
  const id = onFileId(kind);
  return {
    failures: toOptionalNumber(fields[`f:${id}`], 'a count of guesses') ?? 0,
    disabledAt: toOptionalNumber(fields[`d:${id}`], 'an instant'),
    lastUsedAt: toOptionalNumber(fields[`u:${id}`], 'an instant'),
  };
}

function readAuthenticators(fields: Hash): readonly Authenticator[] {
  const found: Authenticator[] = [];
  for (const field of Object.keys(fields)) {
    if (field.startsWith('a:')) found.push(readAuthenticator(fields, field.slice(2)));
  }
  return found.length < 2 ? found : found.toSorted(byAge);
}

function readAuthenticator(fields: Hash, id: string): Authenticator {
  const { kind, createdAt, maskedDestination, organizationId } = parseObject(
    fields[`a:${id}`] ?? '',
    'an authenticator',
  );
  const label = fields[`l:${id}`];
  const sealedSecret = fields[`k:${id}`];
  const stepBefore = toOptionalNumber(fields[`o:${id}`], 'a time step');
  if (typeof kind !== 'string' || !isInstant(createdAt)) throw unreadable('an authenticator');
  if (label === undefined || sealedSecret === undefined) throw unreadable('an authenticator');
  if (maskedDestination !== null && typeof maskedDestination !== 'string')
    throw unreadable('an authenticator');
  if (organizationId !== undefined && typeof organizationId !== 'string')
    throw unreadable('an authenticator');
  return {
    id: decodeId(id),
    kind,
    label,
    createdAt,
    lastUsedAt: toOptionalNumber(fields[`u:${id}`], 'an instant'),
    failures: toOptionalNumber(fields[`f:${id}`], 'a count of guesses') ?? 0,
    disabledAt: toOptionalNumber(fields[`d:${id}`], 'an instant'),
    lastAcceptedStep: toOptionalNumber(fields[`t:${id}`], 'a time step'),
    ...(stepBefore === null ? {} : { stepBefore }),
    sealedSecret,
    maskedDestination,
    ...(organizationId === undefined ? {} : { organizationId }),
  };
}

function byAge(a: Authenticator, b: Authenticator): number {
  if (a.createdAt !== b.createdAt) return a.createdAt - b.createdAt;
  return a.id < b.id ? -1 : 1;
}
