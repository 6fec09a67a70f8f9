import type { SessionEntry } from '../state-store';
import { decodeId } from './keys';
import { parseJson, toWholeNumber } from './replies';
import { unreadable } from './store-errors';

/** The instants that scripts read, then the rest: `seenAt startedAt expiresAt [organizationId, userAgent, address, the two epochs, ...methods]`. */
export function writeSession(session: SessionEntry): string {
  const { seenAt, startedAt, expiresAt, organizationId, userAgent, address, epochs, methods } = session;
  const { user, organization } = epochs;
  const rest = JSON.stringify([organizationId, userAgent, address, user, organization, ...methods]);
  return `${seenAt} ${startedAt} ${expiresAt} ${rest}`;
}

const ENTRY = /^(\d+) (\d+) (\d+) (.*)$/s;

export function readSession(text: string, handle: string): SessionEntry {
  const [, seenAt, startedAt, expiresAt, json] = ENTRY.exec(text) ?? [];
  if (seenAt === undefined || startedAt === undefined) throw unreadable('a session');
  if (expiresAt === undefined || json === undefined) throw unreadable('a session');
  const rest = parseJson(json, 'a session');
  if (!isTexts(rest)) throw unreadable('a session');
  const [organizationId, userAgent, address, user, organization, ...methods] = rest;
  if (organizationId === undefined || userAgent === undefined || address === undefined) {
    throw unreadable('a session');
  }
  if (user === undefined || organization === undefined) throw unreadable('a session');
  return {
    handle: decodeId(handle),
    organizationId,
    startedAt: toWholeNumber(startedAt, 'a session'),
    seenAt: toWholeNumber(seenAt, 'a session'),
    expiresAt: toWholeNumber(expiresAt, 'a session'),
    userAgent,
    address,
    methods,
    epochs: { user, organization },
  };
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}
