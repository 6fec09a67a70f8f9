import type { Facts } from '../../../src/core/decision/decision';
import type { Policy } from '../../../src/core/policy/policy';
import type { AuthSubject } from '../../../src/flows/context/context';
import type { Gathered } from '../../../src/flows/context/gather-facts';
import { judgeAdministrator } from '../../../src/flows/admin/admin-authority';
import { HOUR, NOW, authenticator, factsOf, proof, session } from '../core/decision-facts';

// Whether an administrator may read or change. Without a policy that is on, the password is all there is to prove.

const subject: AuthSubject & { readonly phase: 'session' } = {
  phase: 'session',
  userId: 'ada',
  organizationId: 'acme',
  ownerId: 'handle',
  epochs: { user: 'u', organization: 'o' },
  challengeHint: null,
  startedAt: NOW - HOUR,
  seenAt: NOW,
  evidence: [],
  skipped: false,
};

function judge(facts: Facts, act: 'read' | 'change', administered: Policy | null = null) {
  const gathered = { facts, now: NOW } as Gathered;
  return judgeAdministrator({ subject, gathered, act, administered });
}

const OFF = { enabled: false };

describe('an administrator of organizations without MFA', () => {
  it('reads, and changes with a fresh password', () => {
    const facts = factsOf({ policy: OFF });
    expect(judge(facts, 'read')).toEqual({ outcome: 'may', hasFactor: false });
    expect(judge(facts, 'change')).toEqual({ outcome: 'may', hasFactor: false });
    const stale = factsOf({ policy: OFF, session: session(proof('password', 2 * 3600)) });
    expect(judge(stale, 'read')).toMatchObject({ outcome: 'may' });
    expect(judge(stale, 'change')).toMatchObject({ outcome: 'refused', decision: { outcome: 'challenge' } });
  });

  it.each(['ended', 'expired'] as const)('reads nothing in a session that is %s', (phase) => {
    const facts = factsOf({ policy: OFF, session: { phase, evidence: [proof('password')], skipped: false } });
    expect(judge(facts, 'read')).toMatchObject({ outcome: 'refused', decision: { outcome: 'sign-in' } });
  });

  it('reads nothing before the factor that their own organization requires', () => {
    const required = { enrollment: 'required', graceUntil: null, skips: null } as const;
    const without = factsOf({ policy: required });
    expect(judge(without, 'read')).toMatchObject({ outcome: 'refused', decision: { outcome: 'enroll' } });
    const unproven = factsOf({ policy: required, authenticators: [authenticator('totp')] });
    expect(judge(unproven, 'read')).toMatchObject({ outcome: 'refused', decision: { outcome: 'challenge' } });
  });
});

describe('an administrator of an organization that requires phishing resistance', () => {
  const strong = { ...factsOf().policy, strength: 'phishing-resistant', methods: ['key', 'totp'] } as const;
  const factors = {
    authenticators: [authenticator('key'), authenticator('totp')],
    availableKinds: ['key', 'totp'],
  };

  it('proves it, whatever their own organization accepts', () => {
    const byApp = factsOf({ ...factors, session: session(proof('password'), proof('totp')) });
    const refused = judge(byApp, 'read', strong);
    expect(refused).toMatchObject({ outcome: 'refused', decision: { outcome: 'challenge' } });
    expect(refused).not.toHaveProperty('decision.byRoute');
    const byKey = factsOf({ ...factors, session: session(proof('password'), proof('key')) });
    expect(judge(byKey, 'read', strong)).toEqual({ outcome: 'may', hasFactor: true });
  });
});
