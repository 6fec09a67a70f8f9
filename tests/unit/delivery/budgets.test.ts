import { randomBytes } from 'node:crypto';
import { createKeyRing } from '../../../src/core/proof/key-ring';
import { SEND_LIMITS, personalBudgets, sendBudgets } from '../../../src/delivery/budgets';
import { memoryState } from '../../../src/stores/memory/memory-stores';

const keyRing = createKeyRing([randomBytes(32).toString('base64')]);
const mary = { userId: 'mary', organizationId: 'acme', purpose: 'login' } as const;
const bySms = { ...mary, kind: 'sms', destination: '+15005550006' } as const;
const byEmail = { ...mary, kind: 'email', destination: 'mary@acme.example' } as const;
const keyOf = (kind: 'email' | 'sms', destination: string) =>
  personalBudgets(keyRing, { ...mary, kind, destination }, SEND_LIMITS)[0]?.key;

describe('sendBudgets', () => {
  it('counts a text message by address, user, organization, country of an organization and in all', () => {
    const budgets = sendBudgets(keyRing, bySms, SEND_LIMITS);
    expect(budgets.map(({ of, windows }) => [of, windows])).toEqual([
      ['destination', SEND_LIMITS.perDestination],
      ['user', SEND_LIMITS.perUser],
      ['organization', SEND_LIMITS.perOrganization],
      ['organization-sms', SEND_LIMITS.perOrganizationSms],
      ['country-prefix', SEND_LIMITS.perCountryPrefix],
      ['total-sms', SEND_LIMITS.totalSms],
      ['total', SEND_LIMITS.total],
    ]);
    expect(budgets.slice(1).map(({ key }) => key)).toEqual([
      expect.stringMatching(/^user:[\w-]{22}$/),
      'organization:acme',
      'organization-sms:acme',
      'country-US:acme',
      'total-sms',
      'total',
    ]);
  });

  it('counts an email under no country and no cost', () => {
    expect(sendBudgets(keyRing, byEmail, SEND_LIMITS).map(({ of }) => of)).toEqual([
      'destination',
      'user',
      'organization',
      'total',
    ]);
  });

  it('counts under the calling code where the digits do not tell the country', () => {
    const budgets = sendBudgets(keyRing, { ...bySms, destination: '+447700900123' }, SEND_LIMITS);
    expect(budgets.map(({ key }) => key)).toContain('country-44:acme');
  });

  it('leaves a shared budget out whose list is empty', () => {
    const limits = { ...SEND_LIMITS, perOrganization: [], perOrganizationSms: [], totalSms: [] };
    expect(sendBudgets(keyRing, bySms, limits).map(({ of }) => of)).toEqual([
      'destination',
      'user',
      'country-prefix',
      'total',
    ]);
  });

  it('counts an enrollment apart, which may name the address of anybody', () => {
    const enrolling = sendBudgets(keyRing, { ...bySms, purpose: 'enroll' }, SEND_LIMITS);
    expect(enrolling.map(({ key }) => key)).toEqual([
      expect.stringMatching(/^destination:enroll:[\w-]{22}$/),
      expect.stringMatching(/^user:[\w-]{22}$/),
      'enroll-organization:acme',
      'enroll-organization-sms:acme',
      'enroll-country-US:acme',
      'total-sms',
      'total',
    ]);
    expect(sendBudgets(keyRing, { ...bySms, purpose: 'step-up' }, SEND_LIMITS)).toEqual(
      sendBudgets(keyRing, bySms, SEND_LIMITS),
    );
  });

  it('holds no address, and one key for every spelling of it', () => {
    expect(keyOf('email', 'mary@acme.example')).toMatch(/^destination:[\w-]{22}$/);
    expect(keyOf('email', ' Mary@ACME.example ')).toBe(keyOf('email', 'mary@acme.example'));
    expect(keyOf('email', 'mary@bücher.example')).toBe(keyOf('email', 'mary@XN--BCHER-KVA.example'));
    expect(keyOf('sms', '+1 500 555 0006')).toBe(keyOf('sms', '+15005550006'));
    expect(keyOf('sms', '001 (500) 555-0006')).toBe(keyOf('sms', '+15005550006'));
    expect(keyOf('sms', '+15005550007')).not.toBe(keyOf('sms', '+15005550006'));
  });

  it.each(['login', 'enroll'] as const)(
    'gives each organization its own, but for the caps over all: %s',
    (purpose) => {
      const keys = (organizationId: string) =>
        sendBudgets(keyRing, { ...bySms, purpose, organizationId }, SEND_LIMITS).map(({ key }) => key);
      const shared = keys('globex').filter((key) => keys('acme').includes(key));
      expect(shared.slice(2)).toEqual(['total-sms', 'total']);
    },
  );

  it('lets one organization use at most a fifth of the caps over all, enrollments included', () => {
    const aDay = (windows: readonly { readonly max: number; readonly seconds: number }[]) =>
      windows.find(({ seconds }) => seconds === 86_400)?.max ?? Infinity;
    const { perOrganization, perOrganizationSms, total, totalSms } = SEND_LIMITS;
    expect(2 * aDay(perOrganizationSms)).toBeLessThanOrEqual(aDay(totalSms) / 5);
    expect(2 * aDay(perOrganization)).toBeLessThanOrEqual(aDay(total) / 5);
  });

  it('allows one in 30 seconds, three in ten minutes and ten a day to one address', async () => {
    const state = memoryState();
    const budgets = sendBudgets(keyRing, bySms, SEND_LIMITS);
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
