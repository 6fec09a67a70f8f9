import type { Store } from 'express-session';
import type { Evidence, EvidenceMethod } from '../core/decision/assurance';
import type { Epochs } from '../core/decision/session-lifetime';
import type { FactorKind, FactorState } from '../core/member/factor-kind';
import type { SentCode } from '../core/proof/one-time-code';
import type { PasswordAttemptStore } from './password-attempts';
import type { UnseenCodesStore } from './unseen-codes';

/** The password is proven, but there is no session yet. */
export interface PendingLogin {
  readonly id: string;
  readonly userId: string;
  readonly organizationId: string;
  readonly evidence: readonly Evidence[];
  /** The epochs at the password step: ending the user's sessions ends the login in progress too. */
  readonly epochs: Epochs;
  readonly startedAt: number;
  /** Absolute: neither polling nor a new code extends it. */
  readonly expiresAt: number;
}

/** The purpose of a challenge. A code for one purpose is not valid for another. */
export type ChallengePurpose = 'login' | 'step-up' | 'enroll' | 'unlock';

/** The owner of a challenge, a pending login or a session, and the purpose. There is at most one live challenge for each. */
export interface ChallengeOwner {
  readonly userId: string;
  /** The id of the pending login, or the handle of the session. */
  readonly ownerId: string;
  readonly purpose: ChallengePurpose;
}

/** One request for one proof. */
export interface Challenge extends ChallengeOwner {
  /** New for each requested factor, so that a proof is only checked against the challenge that it answers. */
  readonly id: string;
  /** New for every write, chosen by the caller. */
  readonly version: string;
  readonly kind: FactorKind;
  readonly authenticatorId: string;
  /** Newest first; empty if no code is sent. Any valid code answers the challenge, which can be used only once. */
  readonly codes: readonly SentCode[];
  /** Why a requested code was not sent: the `limit` on sending, or a `fault` of the sender. */
  readonly notSent: 'limit' | 'fault' | null;
  /** During enrollment: the secret or address that the proof will confirm, sealed. */
  readonly sealedSecret: string | null;
  /** Data of the factor for the proof: plain JSON that only the factor reads. */
  readonly state: FactorState | null;
  /** The expiry of the challenge. Each code has its own expiry. */
  readonly expiresAt: number;
}

export type AttemptOutcome = (
  | { readonly outcome: 'spent'; readonly challenge: Challenge; readonly attemptsLeft: number }
  | { readonly outcome: 'exhausted' }
  | { readonly outcome: 'missing' }
) & {
  /** The owner, if it is a pending login that still exists. */
  readonly pending: PendingLogin | undefined;
};

/** One live session of a user, for listing and ending. The handle is not the session id and gives no access. */
export interface SessionEntry {
  readonly handle: string;
  readonly organizationId: string;
  readonly startedAt: number;
  readonly seenAt: number;
  readonly expiresAt: number;
  readonly userAgent: string;
  readonly address: string;
  /** How the person proved their identity, as of the last proof. */
  readonly methods: readonly EvidenceMethod[];
  /** The epochs of the session. If the current epochs differ, the session has ended, although it is still listed. */
  readonly epochs: Epochs;
}

/** Sends allowed in sliding windows, counted under one key. */
export interface SendBudget {
  /** Already hashed if it identifies an address. */
  readonly key: string;
  readonly windows: readonly { readonly max: number; readonly seconds: number }[];
}

/** A sent message for which a provider's callback may still arrive. */
export interface SentMessage extends ChallengeOwner {
  readonly codeId: string;
}

/** The link with which a user ends a lock early. It can only be found by the hash of its token. */
export interface UnlockLink {
  readonly userId: string;
  /** The end of the lock. */
  readonly expiresAt: number;
}

/** Counts attempts with a library; see `password-throttle`. */
export interface Throttle {
  /** Counts an attempt; `blocked` if none are left. */
  spend(
    key: string,
  ): Promise<
    { readonly outcome: 'spent' } | { readonly outcome: 'blocked'; readonly retryAfterSeconds: number }
  >;
  /** Removes one count, for an attempt that was right. */
  giveBack(key: string): Promise<void>;
  /** Removes all counts of the key. */
  clear(key: string): Promise<void>;
}

/**
 * Data that may be lost: people then only have to sign in again. Every key that the store writes has a TTL.
 *
 * Every method rejects with `MfaError` `store-unavailable` when the store does not answer in a bounded time. Instants are by
 * the caller's clock. A store may also remove expired entries by its own clock; callers compare `expiresAt` themselves.
 */
export interface StateStore extends PasswordAttemptStore, UnseenCodesStore {
  /** Creates a pending login, in one atomic step with its first challenge, if that challenge sends nothing. */
  createPendingLogin(pending: PendingLogin, first?: Challenge): Promise<void>;
  findPendingLogin(userId: string, id: string): Promise<PendingLogin | undefined>;
  /** Replaces the evidence of a pending login, and keeps its expiry. False if the login no longer exists. */
  savePendingEvidence(userId: string, id: string, evidence: readonly Evidence[]): Promise<boolean>;
  /** Ends the pending login, its challenges and its new recovery codes. Atomic: true exactly once, if the login existed. */
  endPendingLogin(userId: string, id: string): Promise<boolean>;

  /**
   * Makes this the owner's live challenge for the purpose, and replaces the previous one. The owner's attempts for the purpose
   * stay counted. Returns false and writes nothing if `underPendingLogin` is set and the pending login no longer exists (its
   * expiry is never extended), or, with `after`, if the live challenge has another version, or exists although `after` is null.
   * Atomic: of several calls with the same `after`, only one succeeds.
   */
  issueChallenge(
    challenge: Challenge,
    life: { readonly now: number; readonly underPendingLogin: boolean; readonly after?: string | null },
  ): Promise<boolean>;
  findChallenge(owner: ChallengeOwner): Promise<Challenge | undefined>;
  /**
   * Counts one attempt before the proof is checked. Atomic: returns `spent` at most `max` times for the owner and purpose,
   * however many challenges were issued and however many calls run in parallel.
   */
  spendAttempt(owner: ChallengeOwner, max: number): Promise<AttemptOutcome>;
  /** Removes the challenge and its attempt count, if it is still the live challenge. Atomic: true exactly once. */
  consumeChallenge(owner: ChallengeOwner, challengeId: string): Promise<boolean>;

  /**
   * Registers a live session. With `replaces`, the pending login of that id ends in the same atomic step. With `continues`, the
   * session of that handle continues under the new handle: the old handle ends in the same step. If it is no longer live,
   * nothing is registered, so that a request in progress cannot revive an ended session. New recovery codes move to the new
   * session. Keeps at most the 100 newest sessions of a user and removes expired ones.
   */
  registerSession(
    userId: string,
    session: SessionEntry,
    options: { readonly now: number; readonly replaces?: string; readonly continues?: string },
  ): Promise<void>;
  /** Undefined if the session was ended or never registered, or if the state was lost. */
  findSession(userId: string, handle: string): Promise<SessionEntry | undefined>;
  /** Updates `seenAt` of a live session, and never revives an ended one. Atomic. False if the session no longer exists. */
  touchSession(userId: string, handle: string, seenAt: number): Promise<boolean>;
  /** The most recently used session comes first. */
  listSessions(userId: string): Promise<readonly SessionEntry[]>;
  /** Ends the session, its challenges and its new recovery codes. False if there was no such session. */
  endSession(userId: string, handle: string): Promise<boolean>;
  /** Ends all sessions except one, and returns their number. */
  endOtherSessions(userId: string, keepHandle: string): Promise<number>;

  /**
   * Counts one send in every budget, or in none. `refused` has the seconds until all budgets would allow it, at most the length
   * of the longest window: instants in the future count as now. Atomic for each key. If one of several budgets refuses, the
   * counts of the others are undone.
   */
  spendSendBudgets(
    budgets: readonly SendBudget[],
    now: number,
  ): Promise<
    | { readonly outcome: 'spent' }
    | { readonly outcome: 'refused'; readonly key: string; readonly retryAfterSeconds: number }
  >;
  /** Seconds until the budgets allow a send; 0 if they do now. Counts nothing. */
  findSendWait(budgets: readonly SendBudget[], now: number): Promise<number>;

  /**
   * Stores to which challenge a message belongs. Returns true and stores nothing if {@link takeSentMessage} was called for it
   * before: a provider may report on a message before it has answered the request to send it. Atomic.
   */
  rememberSentMessage(messageId: string, message: SentMessage, lifeSeconds: number): Promise<boolean>;
  /** Returns the message once and removes it. If it is unknown, the call is remembered for `questionSeconds`. Atomic. */
  takeSentMessage(messageId: string, questionSeconds?: number): Promise<SentMessage | undefined>;

  /**
   * Stores, for `lifeSeconds`, a pending login that a first step started. Of very many with the same mark, only the newest are
   * kept.
   */
  noteFirstStep(mark: string, pendingId: string, lifeSeconds: number): Promise<void>;
  /** Newest first. */
  findFirstSteps(mark: string): Promise<readonly string[]>;

  saveUnlockLink(tokenHash: string, link: UnlockLink, now: number): Promise<void>;
  findUnlockLink(tokenHash: string): Promise<UnlockLink | undefined>;
  /** Atomic: true exactly once. */
  endUnlockLink(tokenHash: string): Promise<boolean>;

  /**
   * Removes everything about the user: pending logins, sessions, challenges, new codes, links and sent messages. Data that a
   * request writes at the same moment may stay until it expires; another call removes it.
   */
  forgetUser(userId: string): Promise<void>;

  /**
   * The store's own clock in epoch milliseconds; of several clocks, the one furthest from `now`. Null if the state is in this
   * process's memory and has no clock of its own.
   */
  findClock(now: number): Promise<number | null>;

  /** Creates a store for express-session in the same place. */
  createSessionStore(): Store;

  /** Creates a counter over a rolling window, with a throttling library on top of this store. */
  throttle(options: { readonly name: string; readonly points: number; readonly seconds: number }): Throttle;
}
