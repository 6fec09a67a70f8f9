import type { SentMessage, StateStore, UnlockLink } from '../state-store';
import type { UnseenCodes, UnseenCodesStore } from '../unseen-codes';
import type { ExpiringMap } from './expiring-map';
import { ownerKey } from './owners';

/** Far more than are under way at once; the oldest make room. */
const MOST = 10_000;

/** Entries that end by the wall clock, since providers and browsers come back by it. */
export class Moments<Value> {
  readonly #entries = new Map<string, { readonly value: Value; readonly expiresAt: number }>();

  get(key: string): Value | undefined {
    const entry = this.#entries.get(key);
    return entry === undefined || Date.now() >= entry.expiresAt ? undefined : entry.value;
  }

  set(key: string, value: Value, lifeSeconds: number): void {
    this.#entries.delete(key);
    this.#entries.set(key, { value, expiresAt: Date.now() + lifeSeconds * 1000 });
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size <= MOST) break;
      this.#entries.delete(oldest);
    }
  }

  delete(key: string): void {
    this.#entries.delete(key);
  }

  deleteWhere(isGone: (value: Value) => boolean): void {
    for (const [key, { value }] of this.#entries) if (isGone(value)) this.#entries.delete(key);
  }
}

type LinkVerbs = 'saveUnlockLink' | 'findUnlockLink' | 'endUnlockLink';

export function unlockLinksIn(links: ExpiringMap<UnlockLink>): Pick<StateStore, LinkVerbs> {
  return {
    async saveUnlockLink(tokenHash, link, now) {
      links.set(tokenHash, { ...link }, { now, expiresAt: link.expiresAt });
    },
    async findUnlockLink(tokenHash) {
      return links.get(tokenHash);
    },
    async endUnlockLink(tokenHash) {
      return links.delete(tokenHash);
    },
  };
}

export type KeptCodes = ExpiringMap<UnseenCodes>;

export function unseenCodesIn(kept: KeptCodes): UnseenCodesStore {
  return {
    async keepUnseenCodes({ userId, ownerId }, codes, now) {
      kept.set(ownerKey(userId, ownerId), { ...codes }, { now, expiresAt: codes.expiresAt });
    },
    async findUnseenCodes({ userId, ownerId }) {
      return kept.get(ownerKey(userId, ownerId));
    },
    async endUnseenCodes({ userId, ownerId }) {
      return kept.delete(ownerKey(userId, ownerId));
    },
  };
}

/** The session goes on under another handle. */
export function takeCodesAlong(kept: KeptCodes, from: string, to: string, now: number): void {
  const codes = kept.get(from);
  kept.delete(from);
  if (codes !== undefined) kept.set(to, codes, { now, expiresAt: codes.expiresAt });
}

type MessageVerbs = 'rememberSentMessage' | 'takeSentMessage';

/** A message, or that its report came before it. */
export type SentMessages = Moments<SentMessage | 'asked-for'>;

export function sentMessagesIn(messages: SentMessages): Pick<StateStore, MessageVerbs> {
  return {
    async rememberSentMessage(messageId, message, lifeSeconds) {
      const isAskedFor = messages.get(messageId) === 'asked-for';
      if (isAskedFor) messages.delete(messageId);
      else messages.set(messageId, { ...message }, lifeSeconds);
      return isAskedFor;
    },
    async takeSentMessage(messageId, questionSeconds = 0) {
      const message = messages.get(messageId);
      messages.delete(messageId);
      if (message !== undefined && message !== 'asked-for') return message;
      if (questionSeconds > 0) messages.set(messageId, 'asked-for', questionSeconds);
      return undefined;
    },
  };
}

type FirstStepVerbs = 'noteFirstStep' | 'findFirstSteps';

/** More clicks on one form than anybody makes. */
const MOST_OF_ONE = 8;

export function firstStepsIn(steps: Moments<readonly string[]>): Pick<StateStore, FirstStepVerbs> {
  return {
    async noteFirstStep(mark, pendingId, lifeSeconds) {
      steps.set(mark, [pendingId, ...(steps.get(mark) ?? [])].slice(0, MOST_OF_ONE), lifeSeconds);
    },
    async findFirstSteps(mark) {
      return steps.get(mark) ?? [];
    },
  };
}
