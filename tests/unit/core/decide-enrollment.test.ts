import { decide, type Requirement } from '../../../src/core/decision/decide';
import type { Facts } from '../../../src/core/decision/decision';
import { HOUR, NOW, factsOf, page, proof, session } from './decision-facts';

const ask = (facts: Facts, requirement: Requirement = page) => decide(facts, requirement, NOW);

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
