import { MfaError } from '../core/errors';
import { decodeId, encodeId } from '../core/text/host-id';

export const userOwner = (id: string): Owner => ({ kind: 'user', id });
export const organizationOwner = (id: string): Owner => ({ kind: 'organization', id });

const LONGEST_ID = 1024;

/**
 * A key such as `user:ada`, the same in every store. The id is encoded, so that it has no characters with a special meaning.
 * @throws MfaError `text-unusable` if the id is longer than 1,024 characters.
 */
export function ownerKey({ kind, id }: Owner): string {
  if (id.length > LONGEST_ID)
    throw new MfaError('text-unusable', `The id of a ${kind} is longer than 1,024 characters.`);
  return `${kind}:${encodeId(id)}`;
}

/** Undefined if the text is not an owner's key. */
export function parseOwnerKey(key: string): Owner | undefined {
  const [, kind, id] = /^(user|organization):([\w.@%-]*)$/.exec(key) ?? [];
  return (kind === 'user' || kind === 'organization') && id !== undefined
    ? { kind, id: decodeId(id) }
    : undefined;
}

/** The owner of documents: a user or an organization. The id is the host's: any well-formed text of at most 1,024 characters. */
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
  /** A version that the caller has cached. If it is current, the body is not sent again. */
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
  /** The version that the change is based on; null if there was no document. */
  readonly expected: string | null;
  /**
   * The new document: JSON, with a random version chosen by the caller. Null removes the document. If omitted, only the version
   * is checked.
   */
  readonly next?: { readonly version: string; readonly body: string } | null;
}

export type WriteOutcome =
  | { readonly outcome: 'written' }
  /** Nothing was written. `current` has the current documents, in the order of the changes. */
  | { readonly outcome: 'conflict'; readonly current: readonly CurrentDocument[] };

/**
 * Documents that must survive: plain JSON, each with a version, owned by a user or an organization. The store never reads their
 * content; all rules about them are in `core/`.
 *
 * Every method rejects with `MfaError` `store-unavailable` when the store does not answer in a bounded time, and with
 * `records-unreadable` when stored data is damaged. A rejected write may or may not have taken effect: the caller can check for
 * the version it chose.
 */
export interface DocumentStore {
  /** Reads several documents, of any owners, in one round trip. The answers are in the order of the queries. */
  read(queries: readonly DocumentQuery[]): Promise<readonly DocumentAnswer[]>;

  /**
   * Writes all changes of one owner, or none. Atomic across all processes: of several writes with the same expected version,
   * only one succeeds. If a conflict contains the caller's own version, the write succeeded: the client sent it twice.
   */
  write(owner: Owner, changes: readonly DocumentChange[]): Promise<WriteOutcome>;

  /** Removes every document of the owner, and releases the keys that it has claimed. */
  removeDocuments(owner: Owner): Promise<void>;

  /**
   * Claims a key, such as the id of a passkey, that must be unique among all owners. Atomic: true for one owner, also if that
   * owner claims it again; false if another owner has it.
   */
  claim(key: string, owner: Owner): Promise<boolean>;
  findOwner(key: string): Promise<Owner | undefined>;
  /** Releases the key if this owner has it. Atomic. */
  release(key: string, owner: Owner): Promise<void>;
}
