import { randomBytes } from 'node:crypto';
import { createKeyRing } from '../../../src/core/key-ring';
import { SEND_LIMITS, sendBudgets } from '../../../src/delivery/budgets';
import { memoryState } from '../../../src/stores/memory/memory-state';

const keyRing = createKeyRing([randomBytes(32).toString('base64')]);
const keyOf = (kind: 'email' | 'sms', destination: string) =>
  sendBudgets(keyRing, { kind, destination, userId: 'mary' })[0]?.key;

describe('sendBudgets', () => {
  it('counts by address and by user', () => {
    const budgets = sendBudgets(keyRing, { kind: 'sms', destination: '+15005550006', userId: 'mary' });
    expect(budgets.map(({ windows }) => windows)).toEqual([SEND_LIMITS.perDestination, SEND_LIMITS.perUser]);
    expect(budgets[1]?.key).toBe('user:mary');
  });

  it('holds no address, and one key for every spelling of it', () => {
    expect(keyOf('email', 'mary@acme.example')).toMatch(/^destination:[\w-]{22}$/);
    expect(keyOf('email', ' Mary@ACME.example ')).toBe(keyOf('email', 'mary@acme.example'));
    expect(keyOf('sms', '+1 500 555 0006')).toBe(keyOf('sms', '+15005550006'));
    expect(keyOf('sms', '+15005550007')).not.toBe(keyOf('sms', '+15005550006'));
  });

  it('allows one in 30 seconds, three in ten minutes and ten a day to one address', async () => {
    const state = memoryState();
    const budgets = sendBudgets(keyRing, { kind: 'sms', destination: '+15005550006', userId: 'mary' });
    const sentAt: number[] = [];
    for (let second = 0; second < 86_400; second += 30) {
      const spent = await state.spendSendBudgets(budgets, second * 1000);
      if (spent.outcome === 'spent') sentAt.push(second);
    }
    expect(sentAt).toHaveLength(10);
    expect(sentAt.slice(0, 6)).toEqual([0, 30, 60, 600, 630, 660]);
    const soon = await memoryState().spendSendBudgets(budgets, 0);
    expect(soon).toEqual({ outcome: 'spent' });
  });
});
