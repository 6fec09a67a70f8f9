import { decide, explain, type Requirement } from '../../../src/core/decision/decide';
import type { Facts } from '../../../src/core/decision/decision';
import { NOW, authenticator, exemptionUntil, factsOf, page, proof, session, stepUp } from './decision-facts';

const ask = (facts: Facts, requirement: Requirement = page) => decide(facts, requirement, NOW);
const totp = { authenticatorId: 'totp-1', kind: 'totp' };

describe('a session', () => {
  it.each([
    ['no-session', null],
    ['session-expired', { ...session(proof('password'), proof('totp')), phase: 'expired' as const }],
    ['session-ended', { ...session(proof('password'), proof('totp')), phase: 'ended' as const }],
  ])('that is over leads to sign in: %s', (because, found) => {
    expect(ask(factsOf({ session: found, policy: { enabled: false } }))).toEqual({
      outcome: 'sign-in',
      because,
    });
  });
});

describe('a policy that is off', () => {
  it('lets everybody through', () => {
    expect(ask(factsOf({ policy: { enabled: false } }))).toEqual({ outcome: 'allow', because: 'policy-off' });
  });

  it('is what an organization without the feature has, whatever it saved', () => {
    const facts = factsOf({ featureAvailable: false, authenticators: [authenticator('totp')] });
    expect(ask(facts)).toEqual({ outcome: 'allow', because: 'policy-off' });
  });
});

describe('a person from an identity provider', () => {
  const federated = {
    federated: true,
    session: session(proof('federated')),
    policy: { enrollment: 'required' },
  } as const;

  it('is not asked', () => {
    expect(ask(factsOf(federated))).toEqual({ outcome: 'allow', because: 'federated' });
  });

  it('is asked for a factor enrolled here', () => {
    const facts = factsOf({ ...federated, authenticators: [authenticator('totp')] });
    expect(ask(facts)).toMatchObject({ outcome: 'challenge', anyOf: [totp] });
  });

  it('is asked where the policy says so', () => {
    const facts = factsOf({ ...federated, policy: { enrollment: 'required', challengeFederated: true } });
    expect(ask(facts)).toMatchObject({ outcome: 'enroll', because: 'required' });
  });

  it('is asked after signing in with a password here, for which no provider answers', () => {
    const facts = factsOf({ ...federated, session: session(proof('password')) });
    expect(ask(facts)).toMatchObject({ outcome: 'enroll', because: 'required' });
  });
});

describe('an exemption', () => {
  const exempt = factsOf({
    policy: { enrollment: 'required' },
    member: { exemption: exemptionUntil(NOW + 1) },
  });

  it('opens pages until its end', () => {
    expect(ask(exempt)).toEqual({ outcome: 'allow', because: 'exempt' });
    expect(decide(exempt, page, NOW + 1)).toMatchObject({ outcome: 'enroll', because: 'required' });
  });

  it('opens no step-up', () => {
    expect(ask(exempt, stepUp)).toMatchObject({ outcome: 'enroll', because: 'required' });
  });
});

describe('records that are gone', () => {
  it.each(['assigned', 'optional', 'required'] as const)(
    'do not read as "never enrolled" where enrollment is %s',
    (enrollment) => {
      const facts = factsOf({ enrolledBefore: true, policy: { enrollment } });
      expect(ask(facts)).toEqual({ outcome: 'deny', because: 'records-unavailable' });
      expect(ask(facts, stepUp)).toEqual({ outcome: 'deny', because: 'records-unavailable' });
    },
  );
});

describe('the explanation', () => {
  it('names every rule in order, with what each would say', () => {
    const verdicts = explain(factsOf({ authenticators: [authenticator('totp')] }), page, NOW);
    expect(verdicts.map(({ rule, decision }) => [rule, decision?.outcome ?? null])).toEqual([
      ['session-must-be-live', null],
      ['policy-off', null],
      ['federated', null],
      ['exempt', null],
      ['records-must-not-be-missing', null],
      ['phishing-resistant-factor-must-be-proven', null],
      ['factor-must-be-proven', 'challenge'],
      ['factor-proof-must-be-fresh', null],
      ['wanted-factor-must-exist', null],
      ['password-must-be-fresh', null],
      ['factor-proven', null],
      ['no-factor-asked', 'allow'],
    ]);
  });
});
