import type { IndexedMember } from '../stores/index-store';
import { userOwner } from '../stores/owner-key';
import type { RecordStore } from '../stores/record-store';
import * as browsers from '../core/member/browser-rules';
import { Documents } from './documents';
import { erasureRecordsIn } from './erasure-records';
import { BROWSERS } from './formats';
import { keyRecordsIn } from './key-records';
import { MEMBER_INDEXES, type MemberIndex, type MemberMarks } from './member-index';
import { memberRecordsIn } from './member-records';
import { noticeRecordsIn } from './notice-records';
import { organizationRecordsIn } from './organization-records';
import type { Records } from './records';
import { webhookRecordsIn } from './webhook-records';

/** Every rule about records, over a store that knows none of them. */
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

/** Every index that these members are put into or out of. */
function indexesOf(members: readonly MarkedMember[]): readonly MemberIndex[] {
  return [...new Set([...MEMBER_INDEXES, ...members.flatMap(({ marks }) => Object.keys(marks))])];
}

function toIndexed({ userId, marks }: MarkedMember): IndexedMember {
  const held = Object.entries(marks).flatMap(([index, mark]) =>
    mark === null ? [] : [[index, mark] as const],
  );
  return { userId, marks: Object.fromEntries(held) };
}
