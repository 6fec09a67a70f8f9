import type { SendBudget, StateStore } from '../../stores/state-store';
import { NOW, newId } from '../samples';
import type { TestFramework } from '../test-framework';

export function describeSendBudgets({ describe, it, expect }: TestFramework, open: () => StateStore): void {
  describe('send budgets', () => {
    const budget = (...windows: [max: number, seconds: number][]): SendBudget => ({
      key: newId(),
      windows: windows.map(([max, seconds]) => ({ max, seconds })),
    });

    it('slides each window over the sends', async () => {
      const both = [budget([1, 30], [3, 600])];
      const send = (seconds: number) => open().spendSendBudgets(both, NOW + seconds * 1000);
      const key = both[0]?.key;
      expect(await send(0)).toEqual({ outcome: 'spent' });
      expect(await send(10)).toEqual({ outcome: 'refused', key, retryAfterSeconds: 20 });
      expect(await send(30)).toEqual({ outcome: 'spent' });
      expect(await send(60)).toEqual({ outcome: 'spent' });
      expect(await send(90)).toEqual({ outcome: 'refused', key, retryAfterSeconds: 510 });
      expect(await send(600)).toEqual({ outcome: 'spent' });
      expect(await send(629)).toEqual({ outcome: 'refused', key, retryAfterSeconds: 1 });
      expect(await send(630)).toEqual({ outcome: 'spent' });
    });

    it('counts in every budget or in none, and returns the longest wait', async () => {
      const [free, short, long] = [budget([1, 900]), budget([1, 30]), budget([1, 60])];
      await open().spendSendBudgets([short], NOW);
      await open().spendSendBudgets([long], NOW);
      const refused = await open().spendSendBudgets([free, short, long], NOW + 1);
      expect(refused).toEqual({ outcome: 'refused', key: long.key, retryAfterSeconds: 60 });
      expect(await open().spendSendBudgets([free], NOW + 2)).toEqual({ outcome: 'spent' });
    });

    it('returns the wait without counting', async () => {
      const one = [budget([1, 30])];
      expect(await open().findSendWait(one, NOW)).toBe(0);
      expect(await open().findSendWait(one, NOW)).toBe(0);
      await open().spendSendBudgets(one, NOW);
      expect(await open().findSendWait(one, NOW + 500)).toBe(30);
      expect(await open().findSendWait([], NOW)).toBe(0);
    });

    it('never waits longer than the window, even after a clock that was ahead', async () => {
      const both = [budget([1, 30], [3, 600])];
      const DAYS = 3 * 86_400;
      const send = (seconds: number) => open().spendSendBudgets(both, NOW + seconds * 1000);
      const wait = (seconds: number) => open().findSendWait(both, NOW + seconds * 1000);
      for (const seconds of [0, 30, 60]) await send(DAYS + seconds);
      expect(await wait(0)).toBe(600);
      expect(await send(0)).toMatchObject({ outcome: 'refused', retryAfterSeconds: 600 });
      expect(await wait(599)).toBe(1);
      expect(await send(600)).toEqual({ outcome: 'spent' });
      expect(await wait(600)).toBe(30);
      expect(await send(630)).toEqual({ outcome: 'spent' });
    });

    it('treats a send by a clock that is slightly ahead as sent now', async () => {
      const one = [budget([1, 30])];
      await open().spendSendBudgets(one, NOW + 5000);
      expect(await open().findSendWait(one, NOW)).toBe(30);
      expect(await open().findSendWait(one, NOW + 30_000)).toBe(0);
    });

    it('never exceeds the limit, even in parallel', async () => {
      const many = [budget([4, 60]), budget([9, 60])];
      const outcomes = await Promise.all(
        Array.from({ length: 30 }, () => open().spendSendBudgets(many, NOW)),
      );
      const spent = outcomes.filter(({ outcome }) => outcome === 'spent');
      expect(spent.length).toBeGreaterThan(0);
      expect(spent.length).toBeLessThanOrEqual(4);
    });

    it('refuses every send if none is allowed', async () => {
      const none = budget([0, 60]);
      const refused = { outcome: 'refused', key: none.key, retryAfterSeconds: 60 };
      expect(await open().spendSendBudgets([none], NOW)).toEqual(refused);
      expect(await open().spendSendBudgets([], NOW)).toEqual({ outcome: 'spent' });
    });
  });
}

export function describeThrottles({ describe, it, expect }: TestFramework, open: () => StateStore): void {
  describe('throttles', () => {
    it('blocks only the key whose points are used up', async () => {
      const throttle = open().throttle({ name: newId(), points: 2, seconds: 60 });
      const key = '{__proto__}:1';
      expect(await throttle.spend(key)).toEqual({ outcome: 'spent' });
      expect(await throttle.spend(key)).toEqual({ outcome: 'spent' });
      expect(await throttle.spend(key)).toMatchObject({ outcome: 'blocked' });
      expect(await throttle.spend('other')).toEqual({ outcome: 'spent' });
      await throttle.clear(key);
      expect(await throttle.spend(key)).toEqual({ outcome: 'spent' });
    });

    it('returns in whole seconds how long a key stays blocked', async () => {
      const throttle = open().throttle({ name: newId(), points: 1, seconds: 7200 });
      await throttle.spend('key');
      const spent = await throttle.spend('key');
      const wait = spent.outcome === 'blocked' ? spent.retryAfterSeconds : 0;
      expect(wait).toBe(Math.ceil(wait));
      expect(wait).toBeGreaterThan(3600);
      expect(wait <= 7200).toBe(true);
    });

    it('removes a count', async () => {
      const throttle = open().throttle({ name: newId(), points: 1, seconds: 60 });
      await throttle.spend('key');
      await throttle.giveBack('key');
      expect(await throttle.spend('key')).toEqual({ outcome: 'spent' });
      expect(await throttle.spend('key')).toMatchObject({ outcome: 'blocked' });
    });

    it('counts by its name, however often it is created', async () => {
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
