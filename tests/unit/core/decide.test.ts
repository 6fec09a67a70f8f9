import type { Requirement } from '../../../src/core/decide';
import { decide, explain } from '../../../src/core/decide';
import type { Facts } from '../../../src/core/facts';
import {
  authenticator,
  exemptionUntil,
  factsOf,
  HOUR,
  NOW,
  page,
  proof,
  session,
  stepUp,
} from './decision-facts';

const ask = (facts: Facts, requirement: Requirement = page) => decide(facts, requirement, NOW);
const totp = { authenticatorId: 'totp-1', kind: 'totp' };
const sms = { authenticatorId: 'sms-1', kind: 'sms' };
const recovery = { authenticatorId: 'recovery-codes', kind: 'recovery-code' };

describe('a session', () => {
  it.each([
    ['no-session', null],
    ['session-expired', { ...session(proof('password'), proof('totp')), standing: 'expired' as const }],
    ['session-ended', { ...session(proof('password'), proof('totp')), standing: 'ended' as const }],
  ])('that is over leads to sign in: %s', (because, found) => {
    expect(ask(factsOf({ session: found, policy: { enabled: false } }))).toEqual({
      outcome: 'sign-in',
      because,
    });
  });
});

describe('a factor that nobody can enroll here', () => {
  it('is asked of nobody who may put it off, and stops everybody else', () => {
    const none = { availableKinds: [] };
    expect(ask(factsOf({ ...none, policy: { enrollment: 'optional' } }))).toEqual({
      outcome: 'allow',
      because: 'not-enrolled-optional',
    });
    expect(ask(factsOf({ ...none, policy: { enrollment: 'required' } }))).toEqual({
      outcome: 'deny',
      because: 'no-usable-factor',
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

describe('a person with a factor', () => {
  const enrolled = {
    authenticators: [authenticator('totp'), authenticator('sms')],
    recoveryCodesLeft: 9,
  } as const;

  it('is challenged with what they have, recovery codes last', () => {
    expect(ask(factsOf(enrolled))).toEqual({
      outcome: 'challenge',
      because: 'assurance-too-low',
      anyOf: [totp, sms, recovery],
    });
  });

  it('is challenged first by the kind that an administrator assigned', () => {
    const facts = factsOf({ ...enrolled, member: { enabled: true, assignedKind: 'sms' } });
    expect(ask(facts)).toMatchObject({ anyOf: [sms, totp, recovery] });
  });

  it.each(['totp', 'sms', 'email', 'recovery-code', 'remembered-browser'] as const)(
    'is let through after a password and %s',
    (method) => {
      const facts = factsOf({ ...enrolled, session: session(proof('password'), proof(method)) });
      expect(ask(facts)).toEqual({ outcome: 'allow', because: 'satisfied' });
    },
  );

  it('is challenged after two proofs of the second kind alone', () => {
    const facts = factsOf({
      ...enrolled,
      session: session(proof('totp'), proof('sms'), proof('remembered-browser')),
    });
    expect(ask(facts)).toMatchObject({ outcome: 'challenge', because: 'assurance-too-low' });
  });

  it('is never let through by a skip, or because enrollment is optional', () => {
    const facts = factsOf({
      ...enrolled,
      policy: { enrollment: 'optional' },
      session: { ...session(proof('password')), skipped: true },
    });
    expect(ask(facts)).toMatchObject({ outcome: 'challenge' });
  });

  it('is left the recovery codes while codes are locked', () => {
    const facts = factsOf({ ...enrolled, codesLockedUntil: NOW + HOUR });
    expect(ask(facts)).toMatchObject({ outcome: 'challenge', anyOf: [recovery] });
  });

  it('is told when the first lock ends that leaves something to answer with', () => {
    const locks = { codesLockedUntil: NOW + 2 * HOUR, recoveryCodesLockedUntil: NOW + HOUR };
    expect(ask(factsOf({ ...enrolled, ...locks }))).toEqual({
      outcome: 'deny',
      because: 'locked',
      lockedUntil: NOW + HOUR,
    });
    expect(ask(factsOf({ ...enrolled, ...locks, recoveryCodesLeft: 0 }))).toMatchObject({
      lockedUntil: NOW + 2 * HOUR,
    });
  });

  it('is not told to wait for a lock where nothing would work after it', () => {
    const facts = factsOf({
      authenticators: [authenticator('totp', { usable: false })],
      codesLockedUntil: NOW + HOUR,
    });
    expect(ask(facts)).toEqual({ outcome: 'deny', because: 'no-usable-factor' });
  });
});

describe('a member with a delivered kind assigned', () => {
  const assigned = {
    member: { enabled: true, assignedKind: 'email' },
    onFile: { email: true, phone: false },
  } as const;

  it('is challenged at the address on file, without enrollment', () => {
    expect(ask(factsOf(assigned))).toEqual({
      outcome: 'challenge',
      because: 'assurance-too-low',
      anyOf: [{ authenticatorId: 'on-file-email', kind: 'email' }],
    });
  });

  it('enrolls where there is no address on file', () => {
    const facts = factsOf({ ...assigned, onFile: { email: false, phone: true } });
    expect(ask(facts)).toEqual({
      outcome: 'enroll',
      because: 'required',
      anyOf: ['email'],
      skippable: false,
    });
  });
});

describe('a person without a factor', () => {
  const kinds = ['totp', 'sms', 'email'];

  it('enrolls where it is required', () => {
    const facts = factsOf({ policy: { enrollment: 'required' } });
    expect(ask(facts)).toEqual({ outcome: 'enroll', because: 'required', anyOf: kinds, skippable: false });
  });

  it('enrolls where an administrator switched them on, with the kind that was picked', () => {
    const facts = factsOf({ member: { enabled: true, assignedKind: 'totp' } });
    expect(ask(facts)).toEqual({ outcome: 'enroll', because: 'required', anyOf: ['totp'], skippable: false });
  });

  it('may put it off within the grace period, and is told how long', () => {
    const policy = { enrollment: 'required', graceUntil: NOW + HOUR, skips: 3 } as const;
    expect(ask(factsOf({ policy, member: { skipsUsed: 1 } }))).toEqual({
      outcome: 'enroll',
      because: 'offered',
      anyOf: kinds,
      skippable: true,
      graceUntil: NOW + HOUR,
      skipsLeft: 2,
    });
  });

  it('is offered it where it is optional, and let through once it was skipped', () => {
    const optional = { policy: { enrollment: 'optional' } } as const;
    expect(ask(factsOf(optional))).toEqual({
      outcome: 'enroll',
      because: 'offered',
      anyOf: kinds,
      skippable: true,
    });
    const skipped = { ...session(proof('password')), skipped: true };
    expect(ask(factsOf({ ...optional, session: skipped }))).toEqual({ outcome: 'allow', because: 'skipped' });
  });

  it('is let through where only assigned members are asked', () => {
    expect(ask(factsOf())).toEqual({ outcome: 'allow', because: 'not-enrolled-optional' });
  });

  it('is refused where enrollment is due and nothing can be enrolled', () => {
    const facts = factsOf({ policy: { enrollment: 'required', methods: ['sms'] }, availableKinds: ['totp'] });
    expect(ask(facts)).toEqual({ outcome: 'deny', because: 'no-usable-factor' });
  });
});

describe('a policy that forbids what a person has', () => {
  const forbidden = {
    authenticators: [authenticator('sms')],
    policy: { enrollment: 'required', methods: ['totp'] },
  } as const;

  it('asks for a proof of it before another is enrolled', () => {
    expect(ask(factsOf(forbidden))).toMatchObject({ outcome: 'challenge', anyOf: [sms] });
    const proven = factsOf({ ...forbidden, session: session(proof('password'), proof('sms')) });
    expect(ask(proven)).toEqual({
      outcome: 'enroll',
      because: 'required',
      anyOf: ['totp'],
      skippable: false,
    });
  });

  it('asks for it also where a remembered browser stood in', () => {
    const facts = factsOf({ ...forbidden, session: session(proof('password'), proof('remembered-browser')) });
    expect(ask(facts)).toMatchObject({ outcome: 'challenge', anyOf: [sms] });
  });

  it('asks for it also at the address on file of an assigned kind', () => {
    const facts = factsOf({
      policy: forbidden.policy,
      member: { enabled: true, assignedKind: 'email' },
      onFile: { email: true, phone: false },
    });
    expect(ask(facts)).toMatchObject({ outcome: 'challenge', anyOf: [{ authenticatorId: 'on-file-email' }] });
    const proven = { ...facts, session: session(proof('password'), proof('email')) };
    expect(ask(proven)).toMatchObject({ outcome: 'enroll', because: 'required', anyOf: ['totp'] });
  });

  it('asks for a fresh proof of it before a step-up leads to enrollment', () => {
    const old = factsOf({ ...forbidden, session: session(proof('password', 3600), proof('sms', 3600)) });
    expect(ask(old, stepUp)).toEqual({
      outcome: 'challenge',
      because: 'authentication-too-old',
      anyOf: [sms],
    });
  });

  it('does not offer it beside an allowed one', () => {
    const facts = factsOf({ ...forbidden, authenticators: [authenticator('sms'), authenticator('totp')] });
    expect(ask(facts)).toMatchObject({ outcome: 'challenge', anyOf: [totp] });
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
      ['factor-must-be-proven', 'challenge'],
      ['factor-proof-must-be-fresh', null],
      ['wanted-factor-must-exist', null],
      ['password-must-be-fresh', null],
      ['factor-proven', null],
      ['no-factor-asked', 'allow'],
    ]);
  });
});
