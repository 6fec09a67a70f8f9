import { MfaError } from '../core/errors';
import { decodeId, encodeId } from '../core/text/host-id';

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

/** Who owns documents: a user, or an organization. The id is the host's, any well-formed text of at most 1,024 characters. */
export interface Owner {
  readonly kind: 'user' | 'organization';
  readonly id: string;
}

/** The documents of a user. */
export const USER_DOCUMENTS = ['member', 'recovery-codes', 'browsers'] as const;
/** The documents of an organization. */
export const ORGANIZATION_DOCUMENTS = ['policy', 'adoption', 'jobs'] as const;

export type DocumentName = (typeof USER_DOCUMENTS)[number] | (typeof ORGANIZATION_DOCUMENTS)[number];

export interface DocumentQuery {
  readonly owner: Owner;
  readonly name: DocumentName;
  /** A version that the caller still has: where it is the current one, the body is not sent again. */
  readonly known?: string;
}

export type DocumentAnswer =
  | { readonly outcome: 'found'; readonly version: string; readonly body: string }
  | { readonly outcome: 'unchanged' }
  | { readonly outcome: 'absent' };

/** The current document, when a write was refused. */
export type CurrentDocument = Exclude<DocumentAnswer, { readonly outcome: 'unchanged' }>;

export interface DocumentChange {
  readonly name: DocumentName;
  /** The version that the change was made from; null where there was no document. */
  readonly expected: string | null;
  /**
   * What takes its place: JSON, with a random version chosen by the caller. Null removes the document. Left out where the
   * document only has to be the expected one.
   */
  readonly next?: { readonly version: string; readonly body: string } | null;
}

export type WriteOutcome =
  | { readonly outcome: 'written' }
  /** Nothing was written. The current documents, in the order of the changes. */
  | { readonly outcome: 'conflict'; readonly current: readonly CurrentDocument[] };

/**
 * Documents that must survive: plain JSON, each with a version, owned by a user or an organization. The store never reads
 * what they say; every rule about them is in `core/`.
 *
 * Every method rejects with `MfaError` `store-unavailable` when the store does not answer in a bounded time, and with
 * `records-unreadable` when what it holds is not what was written. A rejected write may or may not have taken effect: the
 * caller finds out by the version it chose.
 */
export interface DocumentStore {
  /** Several documents, of any owners, in one round trip; the answers are in the order of the queries. */
  read(queries: readonly DocumentQuery[]): Promise<readonly DocumentAnswer[]>;

  /**
   * Writes all changes of one owner or none of them. Atomic, over every process: of several writes that name the same expected
   * version, one is written. A caller that finds its own version in a conflict was written: its client sent the write twice.
   */
  write(owner: Owner, changes: readonly DocumentChange[]): Promise<WriteOutcome>;

  /** Removes every document of the owner, and frees the keys that it has. */
  removeDocuments(owner: Owner): Promise<void>;

  /**
   * Takes a key, such as the id of a passkey, for one owner over all owners. Atomic: true for one owner, also when that
   * owner claims it again; false where another has it.
   */
  claim(key: string, owner: Owner): Promise<boolean>;
  findOwner(key: string): Promise<Owner | undefined>;
  /** Frees the key where this owner has it. Atomic. */
  release(key: string, owner: Owner): Promise<void>;
}
