import type { StateStore } from '../../stores/state-store';
import { newId } from '../samples';
import type { TestFramework } from '../test-framework';

/** What every state store does with messages that were sent. */
export function describeSentMessages({ describe, it, expect }: TestFramework, open: () => StateStore): void {
  describe('sent messages', () => {
    it('hands out a message once', async () => {
      const messageId = newId();
      const message = {
        userId: newId(),
        ownerId: newId(),
        purpose: 'step-up',
        codeId: newId(),
      } as const;
      await open().rememberSentMessage(messageId, message, 60);
      const taken = await Promise.all(Array.from({ length: 10 }, () => open().takeSentMessage(messageId)));
      expect(taken.filter((item) => item !== undefined)).toEqual([message]);
      expect(await open().takeSentMessage('__proto__')).toBeUndefined();
    });

    it('says of a message whether it was asked for before', async () => {
      const messageId = newId();
      const message = { userId: newId(), ownerId: newId(), purpose: 'login', codeId: newId() } as const;
      expect(await open().takeSentMessage(messageId)).toBeUndefined();
      expect(await open().rememberSentMessage(messageId, message, 60)).toBe(false);
      expect(await open().takeSentMessage(messageId, 60)).toEqual(message);
      expect(await open().takeSentMessage(messageId, 60)).toBeUndefined();
      expect(await open().rememberSentMessage(messageId, message, 60)).toBe(true);
      expect(await open().takeSentMessage(messageId)).toBeUndefined();
      expect(await open().rememberSentMessage(messageId, message, 60)).toBe(false);
    });
  });

  describe('first steps', () => {
    it('are found by their mark, newest first', async () => {
      const mark = newId();
      expect(await open().findFirstSteps(mark)).toEqual([]);
      await open().noteFirstStep(mark, 'one', 60);
      await open().noteFirstStep(mark, 'two', 60);
      await open().noteFirstStep(newId(), 'three', 60);
      expect(await open().findFirstSteps(mark)).toEqual(['two', 'one']);
      expect(await open().findFirstSteps('__proto__')).toEqual([]);
    });

    it('are few: the newest', async () => {
      const mark = newId();
      for (let step = 1; step <= 10; step += 1) await open().noteFirstStep(mark, String(step), 60);
      expect(await open().findFirstSteps(mark)).toEqual(['10', '9', '8', '7', '6', '5', '4', '3']);
    });
  });
}
