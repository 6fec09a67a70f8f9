import { deriveMemberState } from '../../../src/core/member/member-state';
import { HOUR, NOW, authenticator, exemptionUntil, factsOf } from './decision-facts';

describe('the state of a member', () => {
  it('is bare for somebody with nothing', () => {
    expect(deriveMemberState(factsOf({ policy: { enrollment: 'required' } }), NOW)).toEqual({
      configured: false,
      kinds: [],
      enabled: false,
      federated: false,
      inGrace: false,
      noUsableContact: true,
    });
  });

  it('names each kind once, in the order in which kinds are offered', () => {
    const facts = factsOf({
      authenticators: [authenticator('email'), authenticator('totp'), authenticator('totp', { id: 'b' })],
    });
    expect(deriveMemberState(facts, NOW)).toMatchObject({ configured: true, kinds: ['totp', 'email'] });
  });

  it('counts an assigned kind that an address on file carries', () => {
    const onFile = { email: true, phone: false };
    const member = { enabled: true, assignedKind: 'email' } as const;
    expect(deriveMemberState(factsOf({ member, onFile }), NOW)).toMatchObject({
      configured: true,
      kinds: ['email'],
      assignedKind: 'email',
    });
    const none = { email: false, phone: true };
    expect(deriveMemberState(factsOf({ member, onFile: none }), NOW)).toMatchObject({
      configured: false,
      kinds: [],
      assignedKind: 'email',
    });
  });

  it('keeps an assigned kind to itself while the member is switched off', () => {
    const state = deriveMemberState(factsOf({ member: { enabled: false, assignedKind: 'sms' } }), NOW);
    expect(state).not.toHaveProperty('assignedKind');
  });

  it.each([
    [NOW + 1, true],
    [NOW, false],
    [NOW - HOUR, false],
  ])('shows an exemption and a lock until %p: %p', (until, shown) => {
    const facts = factsOf({ member: { exemption: exemptionUntil(until) }, codesLockedUntil: until });
    const state = deriveMemberState(facts, NOW);
    expect('exemption' in state).toBe(shown);
    expect('lockedUntil' in state).toBe(shown);
  });

  it.each([
    ['a date ahead', { graceUntil: NOW + HOUR }, {}, { inGrace: true, graceUntil: NOW + HOUR }],
    ['one skip of which none was used', { skips: 1 }, {}, { inGrace: true, skipsLeft: 1 }],
    ['an offer without an end', { enrollment: 'optional' as const }, {}, { inGrace: false }],
    ['skips left', { skips: 3 }, { skipsUsed: 1 }, { inGrace: true, skipsLeft: 2 }],
    ['no skips left', { skips: 3 }, { skipsUsed: 3 }, { inGrace: false }],
    ['a date that has come', { graceUntil: NOW }, {}, { inGrace: false }],
    ['a switch of an administrator', { skips: 3 }, { enabled: true }, { inGrace: false }],
    ['an exemption', { skips: 3 }, { exemption: exemptionUntil(NOW + 1) }, { inGrace: false }],
    ['MFA off', { skips: 3, enabled: false }, {}, { inGrace: false }],
  ])('is in grace or not with %s', (_, policy, member, expected) => {
    const facts = factsOf({ policy: { enrollment: 'required', ...policy }, member });
    expect(deriveMemberState(facts, NOW)).toMatchObject(expected);
  });

  it.each([
    [{ graceUntil: NOW + HOUR }, ['graceUntil']],
    [{ skips: 1 }, ['skipsLeft']],
    [{ graceUntil: NOW + HOUR, skips: 1 }, ['graceUntil', 'skipsLeft']],
    [{ graceUntil: NOW, skips: 1 }, []],
  ] as const)('says of the grace of %j what there is of it', (policy, said) => {
    const state = deriveMemberState(factsOf({ policy: { enrollment: 'required', ...policy } }), NOW);
    expect(Object.keys(state).filter((name) => ['graceUntil', 'skipsLeft'].includes(name))).toEqual(said);
  });

  it('is in no grace for an identity provider’s people and for those who have a factor', () => {
    const policy = { enrollment: 'required', skips: 3 } as const;
    expect(deriveMemberState(factsOf({ policy, federated: true }), NOW).inGrace).toBe(false);
    expect(deriveMemberState(factsOf({ policy, authenticators: [authenticator('sms')] }), NOW).inGrace).toBe(
      false,
    );
  });

  it.each([
    [{ onFile: { email: true, phone: false } }, false],
    [{ onFile: { email: false, phone: true } }, false],
    [{ authenticators: [authenticator('sms')] }, false],
    [{ authenticators: [authenticator('totp')] }, true],
  ])('has a usable contact or none with %j', (change, none) => {
    expect(deriveMemberState(factsOf(change), NOW).noUsableContact).toBe(none);
  });
});
