import { MfaError } from '../core/errors';
import type { RecordStore } from './record-store';
import type { StateStore } from './state-store';

// The methods of the contracts. An incomplete list does not compile.

const RECORDS: Readonly<Record<keyof RecordStore, true>> = {
  read: true,
  write: true,
  removeDocuments: true,
  claim: true,
  findOwner: true,
  release: true,
  appendEvents: true,
  listEvents: true,
  eraseFromEvents: true,
  removeEvents: true,
  indexMembers: true,
  listIndex: true,
  countIndex: true,
  removeIndexes: true,
  enqueue: true,
  takeDue: true,
  listQueued: true,
  removeQueued: true,
  removeQueuedOf: true,
  findWeaknesses: true,
};

const STATE: Readonly<Record<keyof StateStore, true>> = {
  createPendingLogin: true,
  findPendingLogin: true,
  savePendingEvidence: true,
  endPendingLogin: true,
  issueChallenge: true,
  findChallenge: true,
  spendAttempt: true,
  consumeChallenge: true,
  registerSession: true,
  findSession: true,
  touchSession: true,
  listSessions: true,
  endSession: true,
  endOtherSessions: true,
  spendSendBudgets: true,
  findSendWait: true,
  rememberSentMessage: true,
  takeSentMessage: true,
  noteFirstStep: true,
  findFirstSteps: true,
  saveUnlockLink: true,
  findUnlockLink: true,
  endUnlockLink: true,
  reservePassword: true,
  settlePassword: true,
  noteNetwork: true,
  keepUnseenCodes: true,
  findUnseenCodes: true,
  endUnseenCodes: true,
  forgetUser: true,
  throttle: true,
  findClock: true,
  createSessionStore: true,
};

export const RECORD_METHODS: readonly string[] = Object.keys(RECORDS);

export const STATE_METHODS: readonly string[] = Object.keys(STATE);

/** If a store loses its records, nobody seems to be enrolled, and the password alone would be enough. */
export function requireDurableRecords(store: RecordStore): RecordStore {
  let isDurable = false;

  async function durable(): Promise<RecordStore> {
    if (isDurable) return store;
    const [weakness] = await store.findWeaknesses();
    if (weakness !== undefined) {
      throw new MfaError(
        'records-not-durable',
        `${weakness} Or pass dangerouslyAcceptVolatileRecords: true if losing them is what you want.`,
      );
    }
    isDurable = true;
    return store;
  }

  return {
    read: async (...args) => (await durable()).read(...args),
    write: async (...args) => (await durable()).write(...args),
    removeDocuments: async (...args) => (await durable()).removeDocuments(...args),
    claim: async (...args) => (await durable()).claim(...args),
    findOwner: async (...args) => (await durable()).findOwner(...args),
    release: async (...args) => (await durable()).release(...args),
    appendEvents: async (...args) => (await durable()).appendEvents(...args),
    listEvents: async (...args) => (await durable()).listEvents(...args),
    eraseFromEvents: async (...args) => (await durable()).eraseFromEvents(...args),
    removeEvents: async (...args) => (await durable()).removeEvents(...args),
    indexMembers: async (...args) => (await durable()).indexMembers(...args),
    listIndex: async (...args) => (await durable()).listIndex(...args),
    countIndex: async (...args) => (await durable()).countIndex(...args),
    removeIndexes: async (...args) => (await durable()).removeIndexes(...args),
    enqueue: async (...args) => (await durable()).enqueue(...args),
    takeDue: async (...args) => (await durable()).takeDue(...args),
    listQueued: async (...args) => (await durable()).listQueued(...args),
    removeQueued: async (...args) => (await durable()).removeQueued(...args),
    removeQueuedOf: async (...args) => (await durable()).removeQueuedOf(...args),
    findWeaknesses: () => store.findWeaknesses(),
  };
}
