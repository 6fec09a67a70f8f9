import type { SentMessage, StateStore } from '../state-store';

type Verbs = 'rememberSentMessage' | 'takeSentMessage';

/** Far more than are under way at once; the oldest make room. */
const MOST = 10_000;

/** Providers call back by the wall clock, so that is what ends these. */
export function sentMessagesIn(
  messages: Map<string, { readonly message: SentMessage; readonly expiresAt: number }>,
): Pick<StateStore, Verbs> {
  return {
    async rememberSentMessage(messageId, message, lifeSeconds) {
      messages.delete(messageId);
      messages.set(messageId, { message: { ...message }, expiresAt: Date.now() + lifeSeconds * 1000 });
      for (const oldest of messages.keys()) {
        if (messages.size <= MOST) break;
        messages.delete(oldest);
      }
    },
    async takeSentMessage(messageId) {
      const entry = messages.get(messageId);
      messages.delete(messageId);
      return entry === undefined || Date.now() >= entry.expiresAt ? undefined : entry.message;
    },
  };
}
