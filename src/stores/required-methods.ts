import type { RecordStore } from './record-store';
import type { StateStore } from './state-store';

// A method added to a contract is added here: the compiler refuses a list that is not complete.

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
  endChallenge: true,
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

/** What a record store must have to be one. */
export const RECORD_METHODS: readonly string[] = Object.keys(RECORDS);

/** What a state store must have to be one. */
export const STATE_METHODS: readonly string[] = Object.keys(STATE);
