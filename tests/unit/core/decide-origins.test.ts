import { decide, explain, type Decision, type Requirement } from '../../../src/core/decision/decide';
import type { Facts } from '../../../src/core/decision/decision';
import { NOW, SECOND, authenticator, factsOf, page, proof, session, stepUp } from './decision-facts';

// Where a first factor came from decides what a second one may be, and for whom a provider answers.

const ask = (facts: Facts, requirement: Requirement = page): Decision => decide(facts, requirement, NOW);
const byEmail = { ...proof('email'), authenticatorId: 'email-1' };
const byApp = { ...proof('totp'), authenticatorId: 'totp-1' };
const mailbox = authenticator('email');

describe('an identity provider', () => {
  const elsewhere = { session: session(proof('federated')), policy: { enrollment: 'required' } } as const;

  it('answers for its own people only, whatever a session says', () => {
    expect(ask(factsOf({ ...elsewhere, federated: true }))).toEqual({
      outcome: 'allow',
      because: 'federated',
    });
    expect(ask(factsOf({ ...elsewhere, federated: false }))).toMatchObject({ outcome: 'enroll' });
    const begunByHost = { ...elsewhere, session: session(proof('host')) };
    expect(ask(factsOf({ ...begunByHost, federated: false }))).toMatchObject({ outcome: 'enroll' });
  });

  it('answers for no step-up', () => {
    const facts = factsOf({ ...elsewhere, federated: true, hasPassword: false });
    expect(ask(facts, stepUp)).not.toMatchObject({ outcome: 'allow' });
  });
});

describe('the address that gave the first factor', () => {
  const spent = { authenticators: [mailbox], spentChannels: ['email-1'] };

  it('proves no second one', () => {
    const proven = session(proof('password'), byEmail);
    expect(ask(factsOf({ authenticators: [mailbox], session: proven }))).toMatchObject({ outcome: 'allow' });
    expect(ask(factsOf({ ...spent, session: proven }))).toEqual({ outcome: 'deny', because: 'same-channel' });
  });

  it('takes nothing from a proof that came another way', () => {
    const both = { ...spent, authenticators: [mailbox, authenticator('totp')] };
    const proven = session(proof('password'), byEmail, byApp);
    expect(ask(factsOf({ ...both, session: proven }))).toEqual({ outcome: 'allow', because: 'satisfied' });
    expect(ask(factsOf({ ...both, session: session(proof('password'), byEmail) }))).toEqual({
      outcome: 'challenge',
      because: 'assurance-too-low',
      anyOf: [{ authenticatorId: 'totp-1', kind: 'totp' }],
    });
  });

  it('takes nothing from the first factor itself', () => {
    const proven = session(proof('password'), byApp);
    const facts = factsOf({ ...spent, authenticators: [mailbox, authenticator('totp')], session: proven });
    expect(ask(facts)).toEqual({ outcome: 'allow', because: 'satisfied' });
  });
});

describe('a lock', () => {
  const locked = { authenticators: [authenticator('totp')], recoveryCodesLeft: 3 };

  it('is over at its end, to the millisecond', () => {
    const both = { ...locked, codesLockedUntil: NOW + SECOND, recoveryCodesLockedUntil: NOW };
    expect(ask(factsOf(both))).toMatchObject({ outcome: 'challenge', anyOf: [{ kind: 'recovery-code' }] });
    const open = { ...locked, codesLockedUntil: NOW, recoveryCodesLockedUntil: NOW };
    expect(ask(factsOf(open))).toMatchObject({
      outcome: 'challenge',
      anyOf: [{ kind: 'totp' }, { kind: 'recovery-code' }],
    });
  });

  it('that ran out is not what a person is told to wait for', () => {
    const facts = factsOf({
      ...locked,
      recoveryCodesLeft: 0,
      codesLockedUntil: NOW + SECOND,
      recoveryCodesLockedUntil: NOW - SECOND,
    });
    expect(ask(facts)).toEqual({ outcome: 'deny', because: 'locked', lockedUntil: NOW + SECOND });
  });
});

describe('without any session', () => {
  it('nothing is proven, and nothing fails', () => {
    const facts = factsOf({ session: null, authenticators: [mailbox], spentChannels: ['email-1'] });
    expect(ask(facts)).toEqual({ outcome: 'sign-in', because: 'no-session' });
    const allowed = explain(facts, page, NOW).filter(({ decision }) => decision?.outcome === 'allow');
    expect(allowed.map(({ rule }) => rule)).toEqual(['no-factor-asked']);
    expect(explain(factsOf({ session: null }), stepUp, NOW)[0]?.decision).toMatchObject({
      outcome: 'sign-in',
    });
  });
});
