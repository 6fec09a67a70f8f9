import { ownerKey } from '../owner-key';
import type { DocumentName, DocumentStore, Owner, CurrentDocument } from '../document-store';

type Stored = CurrentDocument & { readonly outcome: 'found' };

/** The documents of this process, and the keys that were claimed. */
export interface StoredDocuments {
  readonly documents: Map<string, Map<DocumentName, Stored>>;
  readonly claims: Map<string, Owner>;
}

const ABSENT = { outcome: 'absent' } as const;

export function documentsIn({ documents, claims }: StoredDocuments): DocumentStore {
  const find = (owner: Owner, name: DocumentName): CurrentDocument =>
    documents.get(ownerKey(owner))?.get(name) ?? ABSENT;

  return {
    async read(queries) {
      return queries.map(({ owner, name, known }) => {
        const found = find(owner, name);
        return found.outcome === 'found' && found.version === known ? { outcome: 'unchanged' } : found;
      });
    },

    async write(owner, changes) {
      const current = changes.map(({ name }) => find(owner, name));
      const isExpected = changes.every(({ expected }, place) => versionOf(current[place]) === expected);
      if (!isExpected) return { outcome: 'conflict', current };
      const key = ownerKey(owner);
      const own = documents.get(key) ?? new Map<DocumentName, Stored>();
      documents.set(key, own);
      for (const { name, next } of changes) {
        if (next === null) own.delete(name);
        else if (next !== undefined) own.set(name, { outcome: 'found', ...next });
      }
      return { outcome: 'written' };
    },

    async removeDocuments(owner) {
      documents.delete(ownerKey(owner));
      for (const [key, holder] of claims) if (ownerKey(holder) === ownerKey(owner)) claims.delete(key);
    },

    async claim(key, owner) {
      const holder = claims.get(key);
      if (holder === undefined) claims.set(key, { ...owner });
      return holder === undefined || ownerKey(holder) === ownerKey(owner);
    },
    async findOwner(key) {
      return claims.get(key);
    },
    async release(key, owner) {
      const holder = claims.get(key);
      if (holder !== undefined && ownerKey(holder) === ownerKey(owner)) claims.delete(key);
    },
  };
}

function versionOf(document: CurrentDocument | undefined): string | null {
  return document?.outcome === 'found' ? document.version : null;
}
