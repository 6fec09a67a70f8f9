import { asStepUp, decide } from '../../../src/core/decision/decide';
import { previewEffect } from '../../../src/core/policy/policy-preview';
import { FACTOR_TRAITS } from '../../../src/factors/find-factor';
import {
  NOW,
  TEST_FACTORS,
  authenticator,
  factsOf,
  page,
  proof,
  session,
  stepUp,
  stepUpByKey,
} from './decision-facts';

const KINDS = ['key', 'totp', 'email'];
const app = authenticator('totp');
const key = authenticator('key');

function strong(changes: Parameters<typeof factsOf>[0] = {}) {
  return factsOf({
    availableKinds: KINDS,
    ...changes,
    policy: {
      enrollment: 'required',
      methods: KINDS,
      strength: 'phishing-resistant',
      ...changes.policy,
    },
  });
}

const bySession = (...methods: readonly string[]) => ({
  session: session(proof('password'), ...methods.map((method) => proof(method))),
});

describe('a policy that asks for phishing resistance', () => {
  it('asks a person with an app for its code, then leads them to a key', () => {
    expect(decide(strong({ authenticators: [app] }), page, NOW)).toMatchObject({
      outcome: 'challenge',
      anyOf: [{ kind: 'totp' }],
    });
    expect(decide(strong({ authenticators: [app], ...bySession('totp') }), page, NOW)).toEqual({
      outcome: 'enroll',
      because: 'required',
      anyOf: ['key'],
      skippable: false,
    });
  });

  it('offers a skip where enrollment may be put off', () => {
    const facts = strong({
      authenticators: [app],
      ...bySession('totp'),
      policy: { enrollment: 'optional' },
    });
    expect(decide(facts, page, NOW)).toMatchObject({
      outcome: 'enroll',
      because: 'offered',
      skippable: true,
    });
    const skipped = { ...facts, session: { ...session(proof('password'), proof('totp')), skipped: true } };
    expect(decide(skipped, page, NOW)).toEqual({ outcome: 'allow', because: 'skipped' });
  });

  it('leaves people with an app alone where only assigned members are asked', () => {
    const policy = { enrollment: 'assigned' } as const;
    const facts = strong({ authenticators: [app], ...bySession('totp'), policy });
    expect(decide(facts, page, NOW)).toEqual({ outcome: 'allow', because: 'satisfied' });
    expect(decide({ ...facts, member: { ...facts.member, enabled: true } }, page, NOW)).toMatchObject({
      outcome: 'enroll',
      anyOf: ['key'],
    });
  });

  it('lets an assigned weaker kind not stand in the way of a key', () => {
    const member = { enabled: true, assignedKind: 'totp' };
    expect(decide(strong({ member }), page, NOW)).toMatchObject({ outcome: 'enroll', anyOf: ['key'] });
  });

  it.each(['totp', 'remembered-browser'])('asks a person with a key for it, after %s too', (method) => {
    const facts = strong({ authenticators: [app, key], recoveryCodesLeft: 3, ...bySession(method) });
    expect(decide(facts, page, NOW)).toMatchObject({
      outcome: 'challenge',
      because: 'assurance-too-low',
      anyOf: [{ kind: 'key' }, { kind: 'recovery-code' }],
    });
  });

  it.each(['remembered-browser', 'upstream'])(
    'lets no %s stand in for the app of a member whom it does not lead on',
    (method) => {
      const facts = strong({
        authenticators: [app],
        ...bySession(method),
        policy: { enrollment: 'assigned' },
      });
      expect(decide(facts, page, NOW)).toMatchObject({ outcome: 'challenge', anyOf: [{ kind: 'totp' }] });
    },
  );

  it('is satisfied by the key', () => {
    const facts = strong({ authenticators: [app, key], ...bySession('key') });
    expect(decide(facts, page, NOW)).toEqual({ outcome: 'allow', because: 'satisfied' });
  });

  it('takes no key without a first factor', () => {
    const facts = strong({ authenticators: [key], session: session(proof('key')) });
    expect(decide(facts, page, NOW)).toMatchObject({ outcome: 'challenge' });
  });

  it('lets a recovery code enroll another key, and nothing else', () => {
    const facts = strong({ authenticators: [app, key], ...bySession('recovery-code') });
    expect(decide(facts, page, NOW)).toEqual({
      outcome: 'enroll',
      because: 'required',
      anyOf: ['key'],
      skippable: false,
    });
  });

  it('does not fall back to the app where the key works no more', () => {
    const broken = authenticator('key', { usable: false });
    const facts = strong({ authenticators: [app, broken], ...bySession('totp') });
    expect(decide(facts, page, NOW)).toMatchObject({ outcome: 'deny', because: 'strongest-unusable' });
    const rescued = decide({ ...facts, recoveryCodesLeft: 1 }, page, NOW);
    expect(rescued).toMatchObject({ outcome: 'challenge', anyOf: [{ kind: 'recovery-code' }] });
  });

  it('does not fall back to the app where the kind of the key is forbidden or off', () => {
    const forbidden = strong({ authenticators: [app, key], policy: { methods: ['totp'] } });
    expect(decide(forbidden, page, NOW)).toMatchObject({ outcome: 'challenge', anyOf: [{ kind: 'key' }] });
    const off = strong({ authenticators: [app, key], availableKinds: ['totp'], ...bySession('totp') });
    expect(decide(off, page, NOW)).toMatchObject({ outcome: 'deny' });
  });

  it('refuses people who could set nothing up', () => {
    const facts = strong({ authenticators: [app], availableKinds: ['totp'], ...bySession('totp') });
    expect(decide(facts, page, NOW)).toEqual({ outcome: 'deny', because: 'no-usable-factor' });
  });

  it('asks for nothing while the policy is off', () => {
    const facts = strong({ policy: { enabled: false }, authenticators: [app, key] });
    expect(decide(facts, page, NOW)).toEqual({ outcome: 'allow', because: 'policy-off' });
  });
});

describe('a step-up that asks for phishing resistance', () => {
  const facts = (changes: Parameters<typeof factsOf>[0]) =>
    strong({ ...changes, policy: { strength: 'any', enrollment: 'assigned', ...changes?.policy } });

  it('asks for a fresh proof of the key', () => {
    const fresh = facts({ authenticators: [app, key], ...bySession('key') });
    expect(decide(fresh, stepUpByKey, NOW)).toEqual({ outcome: 'allow', because: 'satisfied' });
    const evidence = [proof('password'), proof('key', 301), proof('totp')];
    const stale = { ...fresh, session: session(...evidence) };
    expect(decide(stale, stepUpByKey, NOW)).toMatchObject({
      outcome: 'challenge',
      because: 'authentication-too-old',
      anyOf: [{ kind: 'key' }],
    });
  });

  it('takes no other proof of the same rank', () => {
    const badge = { ...TEST_FACTORS[0]!, kind: 'badge', phishingResistant: false };
    const authenticators = [key, authenticator('badge')];
    const evidence = [proof('password'), proof('key', 301), proof('badge')];
    const known = {
      ...facts({ authenticators, session: session(...evidence), policy: { methods: ['key', 'badge'] } }),
      factors: [badge, ...TEST_FACTORS],
      availableKinds: ['key', 'badge'],
    };
    expect(decide(known, stepUp, NOW)).toMatchObject({ outcome: 'allow' });
    expect(decide(known, stepUpByKey, NOW)).toMatchObject({ anyOf: [{ kind: 'key' }] });
  });

  it('leads people without a key to one, once what they have was just proven', () => {
    const proven = facts({ authenticators: [app], ...bySession('totp') });
    expect(decide(proven, stepUpByKey, NOW)).toEqual({
      outcome: 'enroll',
      because: 'required',
      anyOf: ['key'],
      skippable: false,
      byRoute: true,
    });
    const stale = { ...proven, session: session(proof('password'), proof('totp', 301)) };
    expect(asStepUp(decide(stale, stepUpByKey, NOW))).toMatchObject({ anyOf: [{ kind: 'totp' }] });
    expect(decide(facts({}), stepUpByKey, NOW)).toMatchObject({ outcome: 'enroll', anyOf: ['key'] });
  });

  it('offers no recovery code, and lets a fresh one enroll another key', () => {
    const lost = facts({ authenticators: [key], recoveryCodesLeft: 3, ...bySession() });
    expect(decide(lost, stepUpByKey, NOW)).toMatchObject({ outcome: 'challenge', anyOf: [{ kind: 'key' }] });
    const recovered = { ...lost, ...bySession('recovery-code') };
    expect(decide(recovered, stepUpByKey, NOW)).toMatchObject({ outcome: 'enroll', anyOf: ['key'] });
    const longAgo = { ...lost, session: session(proof('password'), proof('recovery-code', 301)) };
    expect(decide(longAgo, stepUpByKey, NOW)).toMatchObject({
      outcome: 'challenge',
      anyOf: [{ kind: 'key' }],
    });
  });

  it.each([
    ['off', { enabled: false }],
    ['lost', { enabled: false, version: 0 }],
  ])('lets nobody through where the policy is %s', (_state, policy) => {
    const byApp = facts({ authenticators: [app], ...bySession('totp'), policy });
    expect(decide(byApp, stepUpByKey, NOW)).toEqual({ outcome: 'deny', because: 'no-usable-factor' });
  });

  it('lets no exemption count', () => {
    const exemption = { reason: 'Import', grantedBy: 'ada', grantedAt: NOW - 1, until: NOW + 1000 };
    expect(decide(facts({ member: { exemption } }), stepUpByKey, NOW)).toMatchObject({ outcome: 'enroll' });
  });
});

describe('the preview of phishing resistance', () => {
  it.each([
    ['has a key', [key], 'required', 'proves'],
    ['has an app', [app], 'required', 'enrolls'],
    ['has an app and may wait', [app], 'optional', 'in-grace'],
    ['has nothing', [], 'required', 'enrolls'],
  ] as const)('tells what happens to a person who %s', (_who, authenticators, enrollment, effect) => {
    expect(previewEffect(strong({ authenticators, policy: { enrollment } }), NOW)).toBe(effect);
  });
});

describe('the factors of this package', () => {
  // So that a step-up by the strongest factor is one that resists phishing, where the person has one.
  it('rank what resists phishing above the rest', () => {
    const ranks = (resistant: boolean) =>
      FACTOR_TRAITS.filter((traits) => traits.phishingResistant === resistant).map(({ rank }) => rank);
    expect(Math.min(...ranks(true))).toBeGreaterThan(Math.max(...ranks(false)));
  });
});
