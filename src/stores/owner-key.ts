import { MfaError } from '../core/errors';
import { decodeId, encodeId } from '../core/text/host-id';
import type { Owner } from './document-store';

export const userOwner = (id: string): Owner => ({ kind: 'user', id });
export const organizationOwner = (id: string): Owner => ({ kind: 'organization', id });

const LONGEST_ID = 1024;

/**
 * `user:ada`: the same on every store, with the id in characters that mean nothing there.
 * @throws MfaError `text-unusable` if the id is longer than 1,024 characters.
 */
export function ownerKey({ kind, id }: Owner): string {
  if (id.length > LONGEST_ID)
    throw new MfaError('text-unusable', `The id of a ${kind} is longer than 1,024 characters.`);
  return `${kind}:${encodeId(id)}`;
}

/** Undefined where the text is no owner's key. */
export function parseOwnerKey(key: string): Owner | undefined {
  const [, kind, id] = /^(user|organization):([\w.@%-]*)$/.exec(key) ?? [];
  return (kind === 'user' || kind === 'organization') && id !== undefined
    ? { kind, id: decodeId(id) }
    : undefined;
}
