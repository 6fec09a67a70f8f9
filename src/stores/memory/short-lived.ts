import type { SendBudget, SentMessage, StateStore, UnlockLink } from '../state-store';
import type { UnseenCodes, UnseenCodesStore } from '../unseen-codes';
import { ownerKey, type ExpiringMap } from './owned-entries';

/** Far more than are in use at the same time. The oldest are removed first. */
const MOST = 10_000;

/** Entries that expire by the system clock, because providers and browsers return in real time. */
export class ShortLivedMap<Value> {
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

export type StoredCodes = ExpiringMap<UnseenCodes>;

export function unseenCodesIn(kept: StoredCodes): UnseenCodesStore {
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

export function moveCodes(kept: StoredCodes, from: string, to: string, now: number): void {
  const codes = kept.get(from);
  kept.delete(from);
  if (codes !== undefined) kept.set(to, codes, { now, expiresAt: codes.expiresAt });
}

type MessageVerbs = 'rememberSentMessage' | 'takeSentMessage';

/** A message, or `asked-for` if its delivery report came first. */
export type SentMessages = ShortLivedMap<SentMessage | 'asked-for'>;

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

/** More than the clicks that a person makes on one form. */
const MOST_OF_ONE = 8;

export function firstStepsIn(steps: ShortLivedMap<readonly string[]>): Pick<StateStore, FirstStepVerbs> {
  return {
    async noteFirstStep(mark, pendingId, lifeSeconds) {
      steps.set(mark, [pendingId, ...(steps.get(mark) ?? [])].slice(0, MOST_OF_ONE), lifeSeconds);
    },
    async findFirstSteps(mark) {
      return steps.get(mark) ?? [];
    },
  };
}

/** The times of the latest sends by key, newest first. */
export type Sends = ExpiringMap<readonly number[]>;

/** Replaces times in the future, written by a clock that was ahead, with now, so that no wait is longer than its window. */
const asOf = (instants: readonly number[], now: number) => instants.map((instant) => Math.min(instant, now));

/** The seconds until the budget allows another send; 0 if it does now. */
function waitOf(instants: readonly number[], budget: SendBudget, now: number): number {
  const waits = budget.windows.map(({ max, seconds }) => {
    if (max < 1) return seconds;
    const blocking = instants[max - 1];
    return blocking === undefined ? 0 : Math.ceil((blocking + seconds * 1000 - now) / 1000);
  });
  return Math.max(0, ...waits);
}

export function sendsIn(sends: Sends): Pick<StateStore, 'spendSendBudgets' | 'findSendWait'> {
  function wait(budget: SendBudget, now: number): number {
    const instants = sends.get(budget.key) ?? [];
    const [newest = now] = instants;
    const credible = newest > now ? asOf(instants, now) : instants;
    if (credible !== instants) sends.replace(budget.key, credible);
    return waitOf(credible, budget, now);
  }

  return {
    async spendSendBudgets(budgets, now) {
      const waits = budgets.map((budget) => ({ key: budget.key, seconds: wait(budget, now) }));
      const longest = waits.toSorted((a, b) => b.seconds - a.seconds)[0];
      if (longest !== undefined && longest.seconds > 0) {
        return { outcome: 'refused', key: longest.key, retryAfterSeconds: longest.seconds };
      }
      for (const { key, windows } of budgets) {
        const kept = Math.max(0, ...windows.map(({ max }) => max));
        const instants = [now, ...(sends.get(key) ?? [])].slice(0, kept);
        const longestSeconds = Math.max(0, ...windows.map(({ seconds }) => seconds));
        sends.set(key, instants, { now, expiresAt: now + longestSeconds * 1000 });
      }
      return { outcome: 'spent' };
    },
    async findSendWait(budgets, now) {
      return Math.max(0, ...budgets.map((budget) => wait(budget, now)));
    },
  };
}
