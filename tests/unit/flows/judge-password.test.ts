import { proveOwnPassword, type PasswordVerdict } from '../../../src/flows/sign-in/judge-password';
import { createClock } from '../../support/clock';

const earlier = [{ method: 'totp', at: 1 }] as const;

/** A signed-in person types their password once more. */
async function prove(verdict: object) {
  const clock = createClock();
  const reported: unknown[] = [];
  const context = {
    clock,
    events: { report: (event: unknown) => reported.push(event) },
    directory: { accountOf: (user: object) => user },
  } as unknown as Parameters<typeof proveOwnPassword>[0];
  const proof = {
    account: { id: 'ada', organizationId: 'acme' },
    gathered: { facts: { session: { evidence: earlier } } },
    purpose: 'step-up',
    origin: { address: '192.0.2.7', userAgent: '' },
    check: async () => verdict as PasswordVerdict,
  } as unknown as Parameters<typeof proveOwnPassword>[1];
  const proven = await proveOwnPassword(context, proof);
  return { proven, reported, now: clock.now() };
}

describe('the own password', () => {
  const rejected = {
    name: 'password-rejected',
    userId: 'ada',
    organizationId: 'acme',
    address: '192.0.2.7',
    details: { purpose: 'step-up' },
  };

  it('joins what the session has proven', async () => {
    const { proven, reported, now } = await prove({ outcome: 'right', user: { id: 'ada' } });
    const evidence = [...earlier, { method: 'password', at: now }];
    expect(proven).toEqual({ outcome: 'proven', evidence });
    expect(reported).toEqual([]);
  });

  it.each([
    ['wrong', { outcome: 'wrong' }],
    ['that of another account', { outcome: 'right', user: { id: 'mary' } }],
  ])('is rejected, and reported with its owner, where it is %s', async (_what, verdict) => {
    const { proven, reported } = await prove(verdict);
    expect(proven).toEqual({ outcome: 'wrong' });
    expect(reported).toEqual([rejected]);
  });

  it('is not judged while there are too many attempts', async () => {
    const throttled = { outcome: 'throttled', retryAfterSeconds: 30 };
    expect(await prove(throttled)).toMatchObject({ proven: throttled, reported: [] });
  });
});
