import type { RecordStore } from './record-store';
import type { StateStore } from './state-store';

// A method added to a contract is added here: the compiler refuses a list that is not complete.

const RECORDS: Readonly<Record<keyof RecordStore, true>> = {
  findMember: true,
  findMembers: true,
  findPolicy: true,
  savePolicy: true,
  establishUserEpoch: true,
  establishOrganizationEpoch: true,
  replaceUserEpoch: true,
  replaceOrganizationEpoch: true,
  saveMemberSettings: true,
  saveExemption: true,
  spendSkip: true,
  addAuthenticator: true,
  renameAuthenticator: true,
  resealAuthenticator: true,
  removeAuthenticator: true,
  removeAllAuthenticators: true,
  spendGuess: true,
  recordSuccess: true,
  acceptTimeStep: true,
  clearGuesses: true,
  replaceRecoveryCodes: true,
  findRecoveryCode: true,
  consumeRecoveryCode: true,
  appendEvent: true,
  listEvents: true,
  indexMembers: true,
  listIndex: true,
  countIndex: true,
  saveDailyCounts: true,
  listDailyCounts: true,
  beginJob: true,
  advanceJob: true,
  findJob: true,
  listUnfinishedJobs: true,
  findWeaknesses: true,
};

const STATE: Readonly<Record<keyof StateStore, true>> = {
  createPendingLogin: true,
  findPendingLogin: true,
  savePendingEvidence: true,
  endPendingLogin: true,
  issueChallenge: true,
  findChallenge: true,
  recordDelivery: true,
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
  throttle: true,
  createSessionStore: true,
};

/** What a record store must have to be one. */
export const RECORD_METHODS: readonly string[] = Object.keys(RECORDS);

/** What a state store must have to be one. */
export const STATE_METHODS: readonly string[] = Object.keys(STATE);
