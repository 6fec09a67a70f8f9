import { decide, type Requirement } from '../../../src/core/decision/decide';
import type { Facts } from '../../../src/core/decision/decision';
import { NOW, authenticator, factsOf, page, proof, session, stepUp } from './decision-facts';

const ask = (facts: Facts, requirement: Requirement = page) => decide(facts, requirement, NOW);
const totp = { authenticatorId: 'totp-1', kind: 'totp' };
const sms = { authenticatorId: 'sms-1', kind: 'sms' };

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
