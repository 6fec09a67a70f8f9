import type { Store } from 'express-session';
import type { Evidence, EvidenceMethod } from '../core/decision/assurance';
import type { Epochs } from '../core/decision/session-lifetime';
import type { FactorKind, FactorState } from '../core/member/factor-kind';
import type { SentCode } from '../core/proof/one-time-code';
import type { PasswordAttemptStore } from './password-attempts';
import type { UnseenCodesStore } from './unseen-codes';

/** Password proven, session not yet granted. */
export interface PendingLogin {
  readonly id: string;
  readonly userId: string;
  readonly organizationId: string;
  readonly evidence: readonly Evidence[];
  /** The epochs at the password step: ending the user's sessions ends the login in progress too. */
  readonly epochs: Epochs;
  readonly startedAt: number;
  /** Absolute: neither polling nor a new code moves it. */
  readonly expiresAt: number;
}

/** What a challenge is for. A code for one purpose is nothing for another. */
export type ChallengePurpose = 'login' | 'step-up' | 'enroll' | 'unlock';

/** Whose challenge it is: a pending login or a session, and what for. There is at most one live challenge for each. */
export interface ChallengeOwner {
  readonly userId: string;
  /** The id of the pending login, or the handle of the session. */
  readonly ownerId: string;
  readonly purpose: ChallengePurpose;
}

/** One request for one proof. */
export interface Challenge extends ChallengeOwner {
  /** New for each factor that is asked, so that a proof is judged against what it answers. */
  readonly id: string;
  /** New for every write, and chosen by the caller. */
  readonly version: string;
  readonly kind: FactorKind;
  readonly authenticatorId: string;
  /** Newest first; empty where no code is sent. Each that holds answers the challenge, which is used up with the first. */
  readonly codes: readonly SentCode[];
  /** Why there is no code although one was asked for: `limit` on sending, or a `fault` of the sender. */
  readonly notSent: 'limit' | 'fault' | null;
  /** During enrollment: the secret or address that the proof will confirm, sealed. */
  readonly sealedSecret: string | null;
  /** What the factor has stored for the proof: plain JSON that only the factor reads. */
  readonly state: FactorState | null;
  /** The end of the challenge. Each code has an end of its own. */
  readonly expiresAt: number;
}

export type AttemptOutcome = (
  | { readonly outcome: 'spent'; readonly challenge: Challenge; readonly attemptsLeft: number }
  | { readonly outcome: 'exhausted' }
  | { readonly outcome: 'missing' }
) & {
  /** The owner, where it is a pending login that is still there. */
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
  /** How the person proved who they are, newest state. */
  readonly methods: readonly EvidenceMethod[];
  /** As the session carries them; where the current ones differ it has ended, though it is still listed. */
  readonly epochs: Epochs;
}

/** Sends allowed in sliding windows, counted under one key. */
export interface SendBudget {
  /** Already hashed where it stands for an address. */
  readonly key: string;
  readonly windows: readonly { readonly max: number; readonly seconds: number }[];
}

/** A sent message that a provider's callback may still speak of. */
export interface SentMessage extends ChallengeOwner {
  readonly codeId: string;
}

/** The link by which an owner ends a lock sooner. Found by the stored form of its token alone. */
export interface UnlockLink {
  readonly userId: string;
  /** The end of the lock. */
  readonly expiresAt: number;
}

/** Counts attempts with a library; see `password-throttle`. */
export interface Throttle {
  /** Resolves with what is left; `blocked` where there is nothing left. */
  spend(
    key: string,
  ): Promise<
    { readonly outcome: 'spent' } | { readonly outcome: 'blocked'; readonly retryAfterSeconds: number }
  >;
  /** Takes one count back, for a try that turned out right. */
  giveBack(key: string): Promise<void>;
  /** Forgets what was counted under the key. */
  clear(key: string): Promise<void>;
}

/**
 * What may be lost: people sign in again, and nothing else happens. Every key it writes has a TTL.
 *
 * Every method rejects with `MfaError` `store-unavailable` when the store does not answer in a bounded time. Instants are the
 * caller's clock; a store may drop an entry at its expiry by its own clock too, and callers compare `expiresAt` themselves.
 */
export interface StateStore extends PasswordAttemptStore, UnseenCodesStore {
  /** With its first challenge, where that sends nothing; both in one atomic step. */
  createPendingLogin(pending: PendingLogin, first?: Challenge): Promise<void>;
  findPendingLogin(userId: string, id: string): Promise<PendingLogin | undefined>;
  /** Replaces the evidence of a pending login that is still there; its life does not change. False where it is gone. */
  savePendingEvidence(userId: string, id: string, evidence: readonly Evidence[]): Promise<boolean>;
  /**
   * Ends the pending login, and every challenge and the new recovery codes it owns. Atomic: true exactly once, for one that was
   * there.
   */
  endPendingLogin(userId: string, id: string): Promise<boolean>;

  /**
   * Makes this the owner's live challenge for the purpose; the one before dies. Attempts already spent by the owner for the
   * purpose stay spent. False, and nothing written, where it is under a pending login that is gone (`underPendingLogin`), whose life
   * is not extended; and, with `after`, where the live challenge is not of that version, or where there is one and `after` is null.
   * Atomic: of several that name one version, one is written.
   */
  issueChallenge(
    challenge: Challenge,
    life: { readonly now: number; readonly underPendingLogin: boolean; readonly after?: string | null },
  ): Promise<boolean>;
  findChallenge(owner: ChallengeOwner): Promise<Challenge | undefined>;
  /**
   * Counts one attempt before the proof is judged. Atomic: `spent` is answered at most `max` times for the owner and purpose,
   * however many challenges were issued and however many calls run in parallel.
   */
  spendAttempt(owner: ChallengeOwner, max: number): Promise<AttemptOutcome>;
  /**
   * Uses the challenge up if it is still the live one. Atomic: true exactly once. The count of attempts goes with it.
   */
  consumeChallenge(owner: ChallengeOwner, challengeId: string): Promise<boolean>;
  /** The attempts spent stay spent. */
  endChallenge(owner: ChallengeOwner): Promise<void>;

  /**
   * Makes a session live. With `replaces`, the pending login of that id ends in the same atomic step. With `continues`, the
   * session of that handle goes on under the new one: it ends in the same step, and where it is no longer live nothing is
   * registered, so that a request under way brings no ended session back. New recovery codes of what ends go on to the session.
   * Keeps at most the 100 newest of a user and drops those past their end.
   */
  registerSession(
    userId: string,
    session: SessionEntry,
    options: { readonly now: number; readonly replaces?: string; readonly continues?: string },
  ): Promise<void>;
  /** Undefined where it was ended, or was never registered, or the state was lost. */
  findSession(userId: string, handle: string): Promise<SessionEntry | undefined>;
  /** Renews `seenAt` of a session that is still live; never brings one back. Atomic; false where it is gone. */
  touchSession(userId: string, handle: string, seenAt: number): Promise<boolean>;
  /** The one seen last comes first. */
  listSessions(userId: string): Promise<readonly SessionEntry[]>;
  /** Ends the session, and every challenge and the new recovery codes it owns. */
  endSession(userId: string, handle: string): Promise<boolean>;
  /** Ends all but one and returns how many. */
  endOtherSessions(userId: string, keepHandle: string): Promise<number>;

  /**
   * Counts one send under every budget, or under none. `refused` names the seconds until the first moment at which
   * all would allow it, at most those of the longest window: an instant from the future counts as of now. Atomic for each key;
   * where one of several refuses, those already counted are given back.
   */
  spendSendBudgets(
    budgets: readonly SendBudget[],
    now: number,
  ): Promise<
    | { readonly outcome: 'spent' }
    | { readonly outcome: 'refused'; readonly key: string; readonly retryAfterSeconds: number }
  >;
  /** Seconds until the budgets allow a send, 0 for now. Counts nothing. */
  findSendWait(budgets: readonly SendBudget[], now: number): Promise<number>;

  /**
   * Notes whose message it is. True where {@link takeSentMessage} asked for it before: a provider may report on a message before it
   * has answered who sent it. Nothing is noted then. Atomic.
   */
  rememberSentMessage(messageId: string, message: SentMessage, lifeSeconds: number): Promise<boolean>;
  /** Returns it once. With `questionSeconds`, a question about what is not known is remembered for as long. Atomic. */
  takeSentMessage(messageId: string, questionSeconds?: number): Promise<SentMessage | undefined>;

  /** Notes a pending login that a first step began, for as long. Of very many under one mark the newest are kept. */
  noteFirstStep(mark: string, pendingId: string, lifeSeconds: number): Promise<void>;
  /** The newest first. */
  findFirstSteps(mark: string): Promise<readonly string[]>;

  saveUnlockLink(tokenHash: string, link: UnlockLink, now: number): Promise<void>;
  findUnlockLink(tokenHash: string): Promise<UnlockLink | undefined>;
  /** Atomic: true exactly once. */
  endUnlockLink(tokenHash: string): Promise<boolean>;

  /**
   * Removes everything about the user: pending logins, sessions, challenges, new codes, links and sent messages. What a request
   * under way writes at the same moment may stay until it expires; another call removes it too.
   */
  forgetUser(userId: string): Promise<void>;

  /**
   * The store's own clock in epoch milliseconds, of several the one furthest from `now`. Null where the state is in this
   * process's memory, and with it the clock.
   */
  findClock(now: number): Promise<number | null>;

  /** Where express-session can keep sessions beside this state. */
  createSessionStore(): Store;

  /** A counter over a rolling window, from a throttling library, under this store. */
  throttle(options: { readonly name: string; readonly points: number; readonly seconds: number }): Throttle;
}
