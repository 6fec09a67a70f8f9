import type { EvidenceMethod } from '../../core/decision/assurance';
import { readInstant, readMethod, writeInstant, writeMethod } from '../../core/proof/evidence-text';
import { decodeId, encodeId } from '../../core/text/encoded-id';
import type { SessionEntry } from '../state-store';
import { unreadable } from './store-errors';

/**
 * Short, since there is one for every session, and every guarded request reads one: `seenAt startedAt expiresAt`, which scripts
 * read too, `organizationId`, the two epochs, the methods behind commas, the address; what is left is the browser's own words.
 */
export function writeSession(session: SessionEntry): string {
  const { seenAt, startedAt, expiresAt, organizationId, userAgent, address, epochs, methods } = session;
  const instants = [seenAt, startedAt, expiresAt].map(writeInstant);
  const ids = [organizationId, epochs.user, epochs.organization].map(encodeId);
  return [...instants, ...ids, methods.map(writeMethod).join(','), encodeId(address), userAgent].join(' ');
}

const FIELDS_BEFORE_USER_AGENT = 8;

export function readSession(text: string, handle: string): SessionEntry {
  const fields = text.split(' ');
  const [seen = '', started = '', ends = '', organizationId, user, organization, written = '', address] =
    fields;
  const [seenAt, startedAt, expiresAt] = [readInstant(seen), readInstant(started), readInstant(ends)];
  if (seenAt === null || startedAt === null || expiresAt === null) throw unreadable('a session');
  if (organizationId === undefined || user === undefined) throw unreadable('a session');
  if (organization === undefined || address === undefined) throw unreadable('a session');
  return {
    handle: decodeId(handle),
    organizationId: decodeId(organizationId),
    startedAt,
    seenAt,
    expiresAt,
    userAgent: fields.slice(FIELDS_BEFORE_USER_AGENT).join(' '),
    address: decodeId(address),
    methods: toMethods(written),
    epochs: { user: decodeId(user), organization: decodeId(organization) },
  };
}

function toMethods(written: string): readonly EvidenceMethod[] {
  if (written === '') return [];
  return written.split(',').map((text) => {
    const method = readMethod(text);
    if (method === undefined) throw unreadable('a session');
    return method;
  });
}
