import type { SentMessage, StateStore } from '../state-store';
import { Moments } from './moments';

type Verbs = 'rememberSentMessage' | 'takeSentMessage';

export function sentMessagesIn(messages: Moments<SentMessage | 'asked-for'>): Pick<StateStore, Verbs> {
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
