import type { Authenticator } from '../core/member/authenticator';
import * as browsers from '../core/member/browser-rules';
import { userOwner, type DocumentStore } from '../stores/document-store';
import type { IndexedMember, RecordStore } from '../stores/record-store';
import { Documents } from './documents';
import { erasureRecordsIn } from './erasure-records';
import { BROWSERS, MEMBER } from './formats';
import { MEMBER_INDEXES, type MemberIndex, type MemberMarks } from './member-index';
import { memberRecordsIn } from './member-records';
import { organizationRecordsIn } from './organization-records';
import { noticeRecordsIn, webhookRecordsIn } from './queue-records';
import type { Records } from './records';

/** Written before the member's document, so a claim is void if its owner does not have what the key identifies. */
export function keyRecordsIn(
  documents: Documents,
  store: DocumentStore,
): Pick<Records, 'claimKey' | 'findKeyOwner'> {
  async function findKeyOwner(
    key: string,
    isHeld: (authenticator: Authenticator) => boolean,
  ): Promise<string | undefined> {
    const owner = await store.findOwner(key);
    if (owner === undefined) return undefined;
    const { authenticators } = await documents.read(owner, MEMBER);
    return authenticators.some(isHeld) ? owner.id : undefined;
  }

  return {
    findKeyOwner,
    async claimKey(userId, key, isHeld) {
      const owner = userOwner(userId);
      if (await store.claim(key, owner)) return true;
      const holder = await store.findOwner(key);
      if (holder !== undefined && (await findKeyOwner(key, isHeld)) === undefined)
        await store.release(key, holder);
      return store.claim(key, owner);
    },
  };
}

/** Applies the rules about records to a store, which knows none of them. */
export function createRecords(store: RecordStore): Records {
  const documents = new Documents(store);
  return {
    ...memberRecordsIn(documents),
    ...organizationRecordsIn(documents, store),
    ...noticeRecordsIn(store),
    ...keyRecordsIn(documents, store),
    ...erasureRecordsIn(documents, store),
    ...webhookRecordsIn(store),

    rememberBrowser: (userId, browser, now) =>
      documents.change(
        userOwner(userId),
        [BROWSERS],
        ([document]) => ({
          next: [browsers.rememberBrowser(document, browser, now)],
          outcome: undefined,
        }),
        { creates: true },
      ),
    useBrowser: ({ userId, ...use }) =>
      documents.change(userOwner(userId), [BROWSERS], ([document]) => {
        const { next, outcome } = browsers.useBrowser(document, use);
        return { next: [next], outcome };
      }),
    confirmBrowser: (userId, id, tokenHashes) =>
      documents.change(userOwner(userId), [BROWSERS], ([document]) => {
        const { next, outcome } = browsers.confirmBrowser(document, id, tokenHashes);
        return { next: [next], outcome };
      }),
    noteSignInTraits: (userId, traits) =>
      documents.change(
        userOwner(userId),
        [BROWSERS],
        ([document]) => {
          const { next, outcome } = browsers.noteSignInTraits(document, traits);
          return { next: [next], outcome };
        },
        { creates: true },
      ),
    async listBrowsers(userId, now) {
      return browsers.liveBrowsers(await documents.read(userOwner(userId), BROWSERS), now);
    },
    forgetBrowser: (userId, id) =>
      documents.change(userOwner(userId), [BROWSERS], ([document]) => {
        const { next, outcome } = browsers.forgetBrowser(document, id);
        return { next: [next], outcome };
      }),
    forgetBrowsers: (userId) =>
      documents.change(
        userOwner(userId),
        [BROWSERS],
        ([document]) => {
          const { next, outcome } = browsers.forgetBrowsers(document);
          return { next: [next], outcome };
        },
        { isUrgent: true },
      ),

    appendEvents: (events, keep) => store.appendEvents(events, keep),
    listEvents: (query) => store.listEvents(query),
    eraseFromEvents: (organizationId, userId, erase) => store.eraseFromEvents(organizationId, userId, erase),
    removeEvents: (organizationId) => store.removeEvents(organizationId),
    saveMemberMarks: (organizationId, members) =>
      store.indexMembers(organizationId, indexesOf(members), members.map(toIndexed)),
    listIndex: (query) => store.listIndex(query),
    countIndex: (query) => store.countIndex(query),
    findWeaknesses: () => store.findWeaknesses(),
  };
}

interface MarkedMember {
  readonly userId: string;
  readonly marks: MemberMarks;
}

function indexesOf(members: readonly MarkedMember[]): readonly MemberIndex[] {
  return [...new Set([...MEMBER_INDEXES, ...members.flatMap(({ marks }) => Object.keys(marks))])];
}

function toIndexed({ userId, marks }: MarkedMember): IndexedMember {
  const held = Object.entries(marks).flatMap(([index, mark]) =>
    mark === null ? [] : [[index, mark] as const],
  );
  return { userId, marks: Object.fromEntries(held) };
}
