import { decodeId, encodeId } from '../core/encoded-id';
import { readEvidence, writeEvidence } from '../core/evidence-text';
import { readInstant, writeInstant } from '../core/instant-text';
import { MfaError } from '../errors';
import type { MfaSlot, SessionGrantSlot, SlotChange } from './session-slot';

/*
 * The slot as text: the grant as short fields behind spaces, a bar, and JSON of the rest where there is any. express-session
 * writes and hashes every session several times a request, and quotes within quotes make that slow.
 */

const BAR = '|';

export function writeSlotText({ session, ...rest }: SlotChange): string {
  const others = JSON.stringify(rest);
  const grant = session === undefined ? '' : writeGrant(session);
  return others === '{}' ? grant : grant + BAR + others;
}

/** Throws on what `writeSlotText` did not write. */
export function parseSlot(text: string): MfaSlot {
  const bar = text.indexOf(BAR);
  const rest: Omit<MfaSlot, 'session'> | null = bar < 0 ? {} : JSON.parse(text.slice(bar + 1));
  if (typeof rest !== 'object' || rest === null) throw unreadable();
  const grant = bar < 0 ? text : text.slice(0, bar);
  return grant === '' ? rest : { ...rest, session: readGrant(grant) };
}

function writeGrant(session: SessionGrantSlot): string {
  const { userId, handle, userEpoch, grantedIn, organizationEpochs, startedAt, seenAt, evidence, skipped } =
    session;
  const organizations = organizationEpochs.map(([id, epoch]) => `${encodeId(id)}:${encodeId(epoch)}`);
  return [
    encodeId(userId),
    encodeId(handle),
    encodeId(userEpoch),
    encodeId(grantedIn),
    organizations.join(','),
    writeInstant(startedAt),
    writeInstant(seenAt),
    writeEvidence(evidence),
    skipped ? 's' : '-',
  ].join(' ');
}

function readGrant(text: string): SessionGrantSlot {
  const [userId, handle, userEpoch, grantedIn, organizations, started = '', seen = '', proofs, skipped] =
    text.split(' ');
  const [startedAt, seenAt] = [readInstant(started), readInstant(seen)];
  const evidence = proofs === undefined ? null : readEvidence(proofs);
  if (userId === undefined || handle === undefined || userEpoch === undefined) throw unreadable();
  if (grantedIn === undefined || organizations === undefined) throw unreadable();
  if (startedAt === null || seenAt === null) throw unreadable();
  if (evidence === null || (skipped !== 's' && skipped !== '-')) throw unreadable();
  return {
    userId: decodeId(userId),
    handle: decodeId(handle),
    userEpoch: decodeId(userEpoch),
    grantedIn: decodeId(grantedIn),
    organizationEpochs: organizations === '' ? [] : organizations.split(',').map(toPair),
    startedAt,
    seenAt,
    evidence,
    skipped: skipped === 's',
  };
}

function toPair(text: string): readonly [organizationId: string, epoch: string] {
  const [id, epoch] = text.split(':');
  if (id === undefined || epoch === undefined) throw unreadable();
  return [decodeId(id), decodeId(epoch)];
}

function unreadable(): MfaError {
  return new MfaError('records-unreadable', 'A session holds what was not written by this package.');
}
