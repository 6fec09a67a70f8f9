import type { StateStore } from '../../stores/state-store';
import { newId } from '../samples';
import type { TestFramework } from '../test-framework';

/** What every throttle of a state store does. */
export function describeThrottles({ describe, it, expect }: TestFramework, open: () => StateStore): void {
  describe('throttles', () => {
    it('blocks a key, and no other, when its points are spent', async () => {
      const throttle = open().throttle({ name: newId(), points: 2, seconds: 60 });
      const key = '{__proto__}:1';
      expect(await throttle.spend(key)).toEqual({ outcome: 'spent' });
      expect(await throttle.spend(key)).toEqual({ outcome: 'spent' });
      expect(await throttle.spend(key)).toMatchObject({ outcome: 'blocked' });
      expect(await throttle.spend('other')).toEqual({ outcome: 'spent' });
      await throttle.clear(key);
      expect(await throttle.spend(key)).toEqual({ outcome: 'spent' });
    });

    it('says in whole seconds how long a key stays blocked', async () => {
      const throttle = open().throttle({ name: newId(), points: 1, seconds: 7200 });
      await throttle.spend('key');
      const spent = await throttle.spend('key');
      const wait = spent.outcome === 'blocked' ? spent.retryAfterSeconds : 0;
      expect(wait).toBe(Math.ceil(wait));
      expect(wait).toBeGreaterThan(3600);
      expect(wait <= 7200).toBe(true);
    });

    it('takes a count back', async () => {
      const throttle = open().throttle({ name: newId(), points: 1, seconds: 60 });
      await throttle.spend('key');
      await throttle.giveBack('key');
      expect(await throttle.spend('key')).toEqual({ outcome: 'spent' });
      expect(await throttle.spend('key')).toMatchObject({ outcome: 'blocked' });
    });

    it('counts under its name, however often it is asked for', async () => {
      const options = { name: newId(), points: 1, seconds: 60 };
      await open().throttle(options).spend('key');
      expect(await open().throttle(options).spend('key')).toMatchObject({ outcome: 'blocked' });
      expect(
        await open()
          .throttle({ ...options, name: newId() })
          .spend('key'),
      ).toEqual({ outcome: 'spent' });
    });
  });
}
