import { decide } from '../../../src/core/decision/decide';
import type { Facts } from '../../../src/core/decision/decision';
import { POLICY_EFFECTS, previewEffect } from '../../../src/core/policy/policy-preview';
import { HOUR, NOW, authenticator, exemptionUntil, factsOf, page, proof, session } from './decision-facts';

describe('what a policy would mean for one person', () => {
  const required = { enrollment: 'required' } as const;
  const app = [authenticator('totp')];

  it.each([
    ['who has a factor', factsOf({ policy: required, authenticators: app }), 'proves'],
    ['who has none', factsOf({ policy: required }), 'enrolls'],
    ['who may put it off', factsOf({ policy: { ...required, skips: 2 } }), 'in-grace'],
    ['to whom it is offered', factsOf({ policy: { enrollment: 'optional' } }), 'in-grace'],
    ['whom nobody assigned', factsOf({ policy: { enrollment: 'assigned' } }), 'not-asked'],
    ['while it is off', factsOf({ policy: { ...required, enabled: false } }), 'not-asked'],
    ['without the feature', factsOf({ policy: required, featureAvailable: false }), 'not-asked'],
    [
      'who is exempt',
      factsOf({ policy: required, member: { exemption: exemptionUntil(NOW + HOUR) } }),
      'exempt',
    ],
    [
      'whose exemption is over',
      factsOf({ policy: required, member: { exemption: exemptionUntil(NOW) } }),
      'enrolls',
    ],
    ['of an identity provider', factsOf({ policy: required, federated: true }), 'federated'],
    ['whose records are lost', factsOf({ policy: required, enrolledBefore: true }), 'no-way'],
    [
      'whose only factor was disabled',
      factsOf({ policy: required, authenticators: [authenticator('totp', { usable: false })] }),
      'no-way',
    ],
    [
      'for whom only email is left, without an address',
      factsOf({ policy: { ...required, methods: ['email'] } }),
      'no-way',
    ],
    [
      'for whom only email is left, with an address',
      factsOf({ policy: { ...required, methods: ['email'] }, onFile: { email: true, phone: false } }),
      'enrolls',
    ],
    [
      'whose factor is not allowed any more and who must enroll another behind it',
      factsOf({
        policy: { ...required, methods: ['email'] },
        authenticators: app,
        onFile: { email: true, phone: false },
      }),
      'enrolls',
    ],
    [
      'whose factor is not allowed any more and who may put off enrolling another behind it',
      factsOf({
        policy: { enrollment: 'optional', methods: ['email'] },
        authenticators: app,
        onFile: { email: true, phone: false },
      }),
      'proves',
    ],
    [
      'who is locked for now',
      factsOf({ policy: required, authenticators: app, codesLockedUntil: NOW + HOUR }),
      'proves',
    ],
  ] as const)('%s', (_, facts, effect) => {
    expect(previewEffect(facts, NOW)).toBe(effect);
    expect(POLICY_EFFECTS).toContain(effect);
  });

  it('does not depend on what was proven in the session at hand', () => {
    const facts = factsOf({ policy: required, authenticators: app });
    const proven: Facts = { ...facts, session: session(proof('password'), proof('totp')) };
    expect(previewEffect(proven, NOW)).toBe('proves');
    expect(previewEffect({ ...facts, session: null }, NOW)).toBe('proves');
  });

  it('is what the decision then says, at every page', () => {
    const facts = factsOf({ policy: required });
    expect(decide(facts, page, NOW)).toMatchObject({ outcome: 'enroll', skippable: false });
  });
});
