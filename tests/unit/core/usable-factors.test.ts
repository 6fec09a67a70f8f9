import {
  challengeOptions,
  enrollableKinds,
  hasFactor,
  hasWantedFactor,
  provableFactors,
} from '../../../src/core/decision/usable-factors';
import { NOW, authenticator, factsOf } from './decision-facts';

const onFile = { email: true, phone: true };
const assigned = { enabled: true, assignedKind: 'email' } as const;
const byMail = { authenticatorId: 'on-file-email', kind: 'email' };

describe('the kinds a person may enroll', () => {
  it('are what the organization allows and the host can do', () => {
    const facts = factsOf({ policy: { methods: ['totp', 'email'] }, availableKinds: ['totp', 'sms'] });
    expect(enrollableKinds(facts)).toEqual(['totp']);
  });

  it('are the assigned one alone while the member is switched on', () => {
    const policy = { methods: ['totp', 'sms', 'email'] as const };
    expect(enrollableKinds(factsOf({ policy, member: assigned }))).toEqual(['email']);
    const off = { ...assigned, enabled: false };
    expect(enrollableKinds(factsOf({ policy, member: off }))).toEqual(['totp', 'sms', 'email']);
    const none = { enabled: true, assignedKind: null };
    expect(enrollableKinds(factsOf({ policy, member: none }))).toEqual(['totp', 'sms', 'email']);
  });
});

describe('an address on file', () => {
  it('is a factor where an administrator assigned it', () => {
    const facts = factsOf({ onFile, member: assigned });
    expect([hasFactor(facts), provableFactors(facts)]).toEqual([true, [byMail]]);
    expect(hasWantedFactor(facts)).toBe(true);
  });

  it.each([
    ['the member is switched off', { member: { ...assigned, enabled: false } }],
    ['nothing is assigned', { member: { enabled: true, assignedKind: null } }],
    ['an app is assigned', { member: { enabled: true, assignedKind: 'totp' as const } }],
    ['there is none', { member: assigned, onFile: { email: false, phone: true } }],
  ])('is none where %s', (_name, change) => {
    const facts = factsOf({ onFile, ...change });
    expect([hasFactor(facts), provableFactors(facts)]).toEqual([false, []]);
  });

  it.each([
    ['nothing can be sent there any more', { availableKinds: ['totp', 'sms'] as const }],
    ['it was guessed at too often', { onFileDisabled: ['email'] as const }],
  ])('still stands in the way of "never enrolled" where %s', (_name, change) => {
    const facts = factsOf({ onFile, member: assigned, ...change });
    expect([hasFactor(facts), provableFactors(facts)]).toEqual([true, []]);
  });

  it('gives way to an enrolled one of its kind, and stands beside another', () => {
    const own = authenticator('email');
    expect(provableFactors(factsOf({ onFile, member: assigned, authenticators: [own] }))).toEqual([
      { authenticatorId: own.id, kind: 'email' },
    ]);
    const app = authenticator('totp');
    expect(provableFactors(factsOf({ onFile, member: assigned, authenticators: [app] }))).toEqual([
      byMail,
      { authenticatorId: app.id, kind: 'totp' },
    ]);
  });

  it('still counts for a person with nothing else where its kind was forbidden', () => {
    const policy = { methods: ['totp'] as const };
    const facts = factsOf({ onFile, member: assigned, policy });
    expect(provableFactors(facts)).toEqual([byMail]);
    const withPhone = { ...facts, authenticators: [authenticator('sms')] };
    expect(provableFactors(withPhone)).toEqual([{ authenticatorId: 'sms-1', kind: 'sms' }]);
  });

  it('through which the first factor came proves nothing', () => {
    const facts = factsOf({ onFile, member: assigned, spentChannels: ['on-file-email'] });
    expect([hasFactor(facts), provableFactors(facts)]).toEqual([true, []]);
  });
});

describe('the ways to answer a challenge', () => {
  const two = { authenticators: [authenticator('totp'), authenticator('email')] };

  it('begin with the assigned kind while the member is switched on', () => {
    const kinds = (enabled: boolean) =>
      challengeOptions(factsOf({ ...two, member: { ...assigned, enabled } }), NOW).map(({ kind }) => kind);
    expect(kinds(true)).toEqual(['email', 'totp']);
    expect(kinds(false)).toEqual(['totp', 'email']);
  });

  it('end with the recovery codes, as long as one is left', () => {
    const last = (recoveryCodesLeft: number) =>
      challengeOptions(factsOf({ ...two, recoveryCodesLeft }), NOW).at(-1)?.kind;
    expect([last(2), last(1), last(0)]).toEqual(['recovery-code', 'recovery-code', 'email']);
  });

  it('have no recovery codes where there is no factor they could stand in for', () => {
    expect(challengeOptions(factsOf({ recoveryCodesLeft: 10 }), NOW)).toEqual([]);
  });
});
