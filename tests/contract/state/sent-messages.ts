import type { StateStore } from '../../../src/stores/state-store';
import { newId } from '../samples';

/** What every state store does with messages that were sent. */
export function describeSentMessages(open: () => StateStore): void {
  describe('sent messages', () => {
    it('hands out a message once', async () => {
      const messageId = newId();
      const message = {
        userId: newId(),
        ownerId: newId(),
        purpose: 'step-up',
        challengeId: newId(),
      } as const;
      await open().rememberSentMessage(messageId, message, 60);
      const taken = await Promise.all(Array.from({ length: 10 }, () => open().takeSentMessage(messageId)));
      expect(taken.filter((item) => item !== undefined)).toEqual([message]);
      expect(await open().takeSentMessage('__proto__')).toBeUndefined();
    });
  });
}
