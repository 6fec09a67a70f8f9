import { defaultPolicy } from '../../../src/core/policy/policy';
import { isLive } from '../../../src/flows/sessions/list-sessions';
import { aSession } from '../../../src/testing/samples';

const NOW = Date.UTC(2026, 0, 15, 12);
const HOUR = 3_600_000;

describe('a listed session', () => {
  const epochs = { user: 'u', organization: 'o' };
  const session = aSession({
    organizationId: 'acme',
    startedAt: NOW - 2 * HOUR,
    seenAt: NOW,
    expiresAt: NOW + HOUR,
    epochs,
  });
  type Facts = Parameters<typeof isLive>[1];
  const facts = {
    member: { organizationId: 'acme', epoch: 'u' },
    policy: { epoch: 'o', policy: { ...defaultPolicy('acme'), sessionDurationSeconds: 86_400 } },
    now: NOW,
  } as Facts;
  const shorter = { ...facts.policy, policy: { ...facts.policy.policy, sessionDurationSeconds: 3600 } };

  it('is live until its end', () => {
    expect(isLive(session, facts)).toBe(true);
    expect(isLive({ ...session, expiresAt: NOW + 1 }, facts)).toBe(true);
    expect(isLive({ ...session, expiresAt: NOW }, facts)).toBe(false);
  });

  it('is over at the end that the policy of its own organization sets now', () => {
    expect(isLive(session, { ...facts, policy: shorter })).toBe(false);
    expect(isLive({ ...session, organizationId: 'globex' }, { ...facts, policy: shorter })).toBe(true);
  });

  it('is over once an epoch is replaced, of its own organization or of the user', () => {
    expect(isLive(session, { ...facts, policy: { ...facts.policy, epoch: 'new' } })).toBe(false);
    expect(
      isLive(
        { ...session, organizationId: 'globex' },
        { ...facts, policy: { ...facts.policy, epoch: 'new' } },
      ),
    ).toBe(true);
    expect(isLive(session, { ...facts, member: { ...facts.member, epoch: 'new' } })).toBe(false);
  });
});
