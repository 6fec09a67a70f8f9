import { decide, type Requirement } from '../../../src/core/decision/decide';
import type { Facts } from '../../../src/core/decision/decision';
import { HOUR, NOW, authenticator, factsOf, page, proof, session } from './decision-facts';

const ask = (facts: Facts, requirement: Requirement = page) => decide(facts, requirement, NOW);
const totp = { authenticatorId: 'totp-1', kind: 'totp' };
const sms = { authenticatorId: 'sms-1', kind: 'sms' };
const recovery = { authenticatorId: 'recovery-codes', kind: 'recovery-code' };

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
