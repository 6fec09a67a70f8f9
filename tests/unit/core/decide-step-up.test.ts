import { decide, type Requirement } from '../../../src/core/decision/decide';
import type { Facts } from '../../../src/core/decision/decision';
import {
  NOW,
  SECOND,
  authenticator,
  factsOf,
  fellBack,
  page,
  proof,
  session,
  stepUp,
} from './decision-facts';

const ask = (facts: Facts, requirement: Requirement = page) => decide(facts, requirement, NOW);
const totp = { authenticatorId: 'totp-1', kind: 'totp' };
const recovery = { authenticatorId: 'recovery-codes', kind: 'recovery-code' };

describe('a step-up', () => {
  const enrolled = { authenticators: [authenticator('totp')], recoveryCodesLeft: 9 } as const;

  it('takes a second factor that is fresh', () => {
    const facts = factsOf({ ...enrolled, session: session(proof('password', 3600), proof('totp', 299)) });
    expect(ask(facts, stepUp)).toEqual({ outcome: 'allow', because: 'satisfied' });
  });

  it.each([
    ['a proof at the very end of its time', proof('totp', 300)],
    ['a remembered browser', proof('remembered-browser', 1)],
    ['a fresh password beside an old factor', proof('password', 1)],
  ])('is not satisfied by %s', (_what, last) => {
    const facts = factsOf({
      ...enrolled,
      session: session(proof('password', 3600), proof('totp', 3600), last),
    });
    expect(ask(facts, stepUp)).toEqual({
      outcome: 'challenge',
      because: 'authentication-too-old',
      anyOf: [totp, recovery],
    });
  });

  it('asks for the strongest factor, not for any', () => {
    const facts = factsOf({
      authenticators: [authenticator('totp'), authenticator('email')],
      session: session(proof('password'), proof('email', 1)),
    });
    expect(ask(facts)).toEqual({ outcome: 'allow', because: 'satisfied' });
    expect(ask(facts, stepUp)).toMatchObject({ outcome: 'challenge', anyOf: [totp] });
  });

  it('takes a code that went by email for a proof of the mailbox, whatever it was sent for', () => {
    const phone = factsOf({
      authenticators: [authenticator('sms')],
      session: session(proof('password'), fellBack('sms-1')),
    });
    expect(ask(phone)).toEqual({ outcome: 'allow', because: 'satisfied' });
    expect(ask(phone, stepUp)).toMatchObject({ outcome: 'challenge', anyOf: [{ authenticatorId: 'sms-1' }] });
    const mailbox = { ...phone, authenticators: [authenticator('email')] };
    expect(ask(mailbox, stepUp)).toEqual({ outcome: 'allow', because: 'satisfied' });
  });

  it('takes no code that fell back in an organization that lets none fall back', () => {
    const facts = factsOf({
      authenticators: [authenticator('sms')],
      session: session(proof('password'), fellBack('sms-1')),
      policy: { smsFallback: false },
    });
    expect(ask(facts)).toMatchObject({ outcome: 'challenge', because: 'assurance-too-low' });
    const texted = { ...facts, session: session(proof('password'), proof('sms')) };
    expect(ask(texted)).toEqual({ outcome: 'allow', because: 'satisfied' });
  });

  it('takes no code that fell back to the address through which the first factor came', () => {
    const facts = factsOf({
      authenticators: [authenticator('sms')],
      spentChannels: ['on-file-email'],
      session: session(proof('host'), fellBack('sms-1')),
    });
    expect(ask(facts)).toMatchObject({ outcome: 'challenge', because: 'assurance-too-low' });
  });

  it('takes an allowed factor where a stronger one is forbidden', () => {
    const facts = factsOf({
      authenticators: [authenticator('totp')],
      member: { enabled: true, assignedKind: 'sms' },
      onFile: { email: false, phone: true },
      policy: { methods: ['sms'] },
      session: session(proof('password', 3600), proof('sms', 3600)),
    });
    expect(ask(facts, stepUp)).toMatchObject({
      outcome: 'challenge',
      anyOf: [{ authenticatorId: 'on-file-sms' }],
    });
  });

  it('takes the password of a person who has no factor and need not have one', () => {
    expect(ask(factsOf(), stepUp)).toEqual({ outcome: 'allow', because: 'satisfied' });
    const old = factsOf({ session: session(proof('password', 3600)) });
    expect(ask(old, stepUp)).toEqual({
      outcome: 'challenge',
      because: 'authentication-too-old',
      anyOf: [],
      password: true,
    });
  });

  it('takes a password only if it was given again, where that is asked', () => {
    const again: Requirement = { kind: 'step-up', maxAgeSeconds: 300, passwordSince: NOW - 60 * SECOND };
    expect(ask(factsOf(), again)).toMatchObject({ outcome: 'challenge', password: true });
    expect(ask(factsOf({ session: session(proof('password', 59)) }), again)).toMatchObject({
      outcome: 'allow',
    });
  });

  it('sends a person to sign in who has neither a factor nor a password', () => {
    const facts = factsOf({
      hasPassword: false,
      session: session(proof('host')),
      policy: { enabled: false },
    });
    expect(ask(facts, stepUp)).toEqual({ outcome: 'sign-in', because: 'sign-in-too-old' });
  });

  describe('by a sign-in of the host', () => {
    const seen = (method: 'host' | 'federated', secondsAgo = 1) => ({
      ...proof(method, secondsAgo),
      seen: true as const,
    });
    const off = { policy: { enabled: false } };
    const again: Requirement = { kind: 'step-up', maxAgeSeconds: 300, passwordSince: NOW };

    it.each(['host', 'federated'] as const)(
      'takes one that was seen, of a person without a password: %s',
      (method) => {
        const facts = factsOf({ ...off, hasPassword: false, session: session(seen(method, 299)) });
        expect(ask(facts, stepUp)).toEqual({ outcome: 'allow', because: 'policy-off' });
        const old = factsOf({ ...off, hasPassword: false, session: session(seen(method, 300)) });
        expect(ask(old, stepUp)).toMatchObject({ outcome: 'sign-in' });
      },
    );

    it.each(['host', 'federated'] as const)('takes none that was merely found: %s', (method) => {
      const facts = factsOf({ ...off, hasPassword: false, session: session(proof(method, 1)) });
      expect(ask(facts, stepUp)).toEqual({ outcome: 'sign-in', because: 'sign-in-too-old' });
      expect(ask(facts, { ...again, signInCounts: true })).toMatchObject({ outcome: 'sign-in' });
    });

    it('takes the password of a person who has one, unless a sign-in counts', () => {
      const facts = factsOf({ ...off, session: session(seen('host')) });
      expect(ask(facts, stepUp)).toMatchObject({ outcome: 'challenge', password: true });
      expect(ask(facts, again)).toMatchObject({ outcome: 'challenge', password: true });
      expect(ask(facts, { ...again, signInCounts: true })).toMatchObject({ outcome: 'allow' });
      const found = factsOf({ ...off, session: session(proof('host', 1)) });
      expect(ask(found, { ...again, signInCounts: true })).toMatchObject({ outcome: 'challenge' });
    });
  });
});
