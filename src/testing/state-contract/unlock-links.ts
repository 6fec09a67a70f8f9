import type { StateStore } from '../../stores/state-store';
import { NOW, newId } from '../samples';
import type { TestFramework } from '../test-framework';

/** What every state store does with unlock links. */
export function describeUnlockLinks({ describe, it, expect }: TestFramework, open: () => StateStore): void {
  describe('unlock links', () => {
    const link = { userId: 'a:b {c}', expiresAt: NOW + 1_800_000 };

    it('are found by the stored form of their token alone, and end once', async () => {
      const hash = `k.${newId()}`;
      await open().saveUnlockLink(hash, link, NOW);
      expect(await open().findUnlockLink(hash)).toEqual(link);
      expect(await open().findUnlockLink(`k.${newId()}`)).toBeUndefined();
      const ends = await Promise.all([1, 2, 3].map(() => open().endUnlockLink(hash)));
      expect(ends.filter((ended) => ended)).toHaveLength(1);
      expect(await open().findUnlockLink(hash)).toBeUndefined();
    });
  });
}
