import { decodeId, encodeId } from '../core/text/encoded-id';
import type { Owner } from './document-store';

/** `user:ada`: the same on every store, with the id in characters that mean nothing there. */
export function ownerKey({ kind, id }: Owner): string {
  return `${kind}:${encodeId(id)}`;
}

/** Undefined where the text is no owner's key. */
export function parseOwnerKey(key: string): Owner | undefined {
  const [, kind, id] = /^(user|organization):([\w.@%-]*)$/.exec(key) ?? [];
  return (kind === 'user' || kind === 'organization') && id !== undefined
    ? { kind, id: decodeId(id) }
    : undefined;
}
