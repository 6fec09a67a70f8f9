import type { Facts } from '../../../src/core/decision/decision';
import type { AuthSubject } from '../../../src/flows/context/context';
import { authorizeEnrollment } from '../../../src/flows/enrollment/authorize-enrollment';
import { HOUR, NOW, TEST_FACTORS, authenticator, factsOf, proof, session } from '../core/decision-facts';

// Whether a factor may be added. Whoever holds only the password of an enrolled person must not get there.

const base = {
  userId: 'ada',
  organizationId: 'acme',
  ownerId: 'owner',
  epochs: { user: 'u', organization: 'o' },
  challengeHint: null,
};
const PENDING: AuthSubject = { ...base, phase: 'pending', startedAt: NOW, expiresAt: NOW + HOUR };
const startedAgo = (milliseconds: number): AuthSubject => ({
  ...base,
  phase: 'session',
  startedAt: NOW - milliseconds,
  evidence: [],
  seenAt: NOW,
  skipped: false,
});
const SESSION = startedAgo(HOUR);

function authorize(
  subject: AuthSubject,
  facts: Facts,
  more: { readonly wizard?: true; readonly setup?: Facts | null } = {},
) {
  const { wizard = false, setup = facts } = more;
  return authorizeEnrollment(subject, { facts, setup, now: NOW }, wizard);
}

const REQUIRED = { enrollment: 'required', graceUntil: null, skips: null } as const;
const OPTIONAL = { enrollment: 'optional', graceUntil: null, skips: null } as const;
const withApp = { authenticators: [authenticator('totp')] };
const withEmail = { authenticators: [authenticator('email')] };
const withKeyAndApp = {
  authenticators: [authenticator('key'), authenticator('totp')],
  availableKinds: ['key', 'totp', 'sms', 'email'],
};
const KINDS = ['totp', 'sms', 'email'];

describe('enrollment in a pending login', () => {
  it('begins after the password where the policy requires a first factor', () => {
    const facts = factsOf({ policy: REQUIRED });
    expect(authorize(PENDING, facts)).toEqual({ outcome: 'may-enroll', kinds: KINDS, because: 'required' });
  });

  it('is of the kind that an administrator assigned', () => {
    const facts = factsOf({ policy: REQUIRED, member: { enabled: true, assignedKind: 'totp' } });
    expect(authorize(PENDING, facts)).toEqual({
      outcome: 'may-enroll',
      kinds: ['totp'],
      because: 'assigned',
    });
    const unassigned = factsOf({ policy: REQUIRED, member: { enabled: true } });
    expect(authorize(PENDING, unassigned)).toMatchObject({ because: 'required' });
    const before = factsOf({ policy: REQUIRED, member: { enabled: false, assignedKind: 'totp' } });
    expect(authorize(PENDING, before)).toMatchObject({ because: 'required', kinds: KINDS });
  });

  it('waits for the factor that the person has', () => {
    const facts = factsOf({ policy: REQUIRED, ...withApp });
    expect(authorize(PENDING, facts, { wizard: true })).toMatchObject({
      outcome: 'refused',
      decision: { outcome: 'challenge' },
    });
  });

  it('is refused to a login that has ended, and during a lock', () => {
    const ended = factsOf({ policy: REQUIRED, session: { ...session(), phase: 'ended' } });
    expect(authorize(PENDING, ended, { wizard: true })).toEqual({
      outcome: 'refused',
      decision: { outcome: 'sign-in', because: 'session-ended' },
    });
    const locked = factsOf({ policy: REQUIRED, ...withApp, codesLockedUntil: NOW + HOUR });
    expect(authorize(PENDING, locked, { wizard: true })).toMatchObject({
      outcome: 'refused',
      decision: { outcome: 'deny', because: 'locked' },
    });
  });

  it('goes on in the wizard once the strongest factor is proven', () => {
    const facts = factsOf({
      policy: REQUIRED,
      ...withApp,
      session: session(proof('password'), proof('totp')),
    });
    const mayGoOn = { outcome: 'may-enroll', kinds: KINDS, because: 'required' };
    expect(authorize(PENDING, facts, { wizard: true })).toEqual(mayGoOn);
    expect(authorize(PENDING, facts)).toEqual({
      outcome: 'refused',
      decision: { outcome: 'allow', because: 'satisfied' },
    });
  });

  it('is refused in the wizard where a weaker factor or a remembered browser let the person in', () => {
    for (const method of ['email', 'remembered-browser']) {
      const facts = factsOf({
        policy: REQUIRED,
        authenticators: [authenticator('totp'), authenticator('email')],
        session: session(proof('password'), proof(method)),
      });
      expect(authorize(PENDING, facts, { wizard: true })).toMatchObject({
        outcome: 'refused',
        decision: { outcome: 'challenge', anyOf: [{ kind: 'totp' }] },
      });
    }
  });

  it('is offered after the strongest factor only, where it can be put off', () => {
    const policy = { ...REQUIRED, methods: ['totp'], skips: 3 };
    const authenticators = [authenticator('email'), authenticator('sms')];
    const after = (method: string) => {
      const proven = { ...proof(method), authenticatorId: `${method}-1` };
      return authorize(
        PENDING,
        factsOf({ policy, authenticators, session: session(proof('password'), proven) }),
      );
    };
    expect(after('sms')).toMatchObject({ outcome: 'may-enroll', kinds: ['totp'] });
    expect(after('email')).toMatchObject({ outcome: 'refused', decision: { outcome: 'challenge' } });
  });
});

it('replaces a lost passkey in a pending login by a recovery code, where phishing resistance is asked for', () => {
  const facts = factsOf({
    policy: { ...REQUIRED, methods: ['key', 'totp'], strength: 'phishing-resistant' },
    ...withKeyAndApp,
    session: session(proof('password'), proof('recovery-code')),
  });
  expect(authorize(PENDING, facts)).toEqual({ outcome: 'may-enroll', kinds: ['key'], because: 'required' });
});

describe('enrollment in a session', () => {
  const later = (...methods: readonly [string, number][]) =>
    session(...methods.map(([method, secondsAgo]) => proof(method, secondsAgo)));

  it('is off where there is nothing to set up', () => {
    const facts = factsOf({ policy: { enabled: false } });
    expect(authorize(SESSION, facts, { setup: null })).toEqual({ outcome: 'feature-off' });
  });

  it('needs a proof of the strongest factor that is no older than ten minutes', () => {
    const at = (secondsAgo: number) =>
      authorize(
        SESSION,
        factsOf({ policy: REQUIRED, ...withApp, session: later(['password', 3600], ['totp', secondsAgo]) }),
      );
    expect(at(599)).toEqual({ outcome: 'may-enroll', kinds: KINDS, because: 'settings' });
    expect(at(600)).toMatchObject({
      outcome: 'refused',
      decision: { outcome: 'challenge', because: 'authentication-too-old' },
    });
  });

  it('is refused while the policy itself asks for more', () => {
    const facts = factsOf({ policy: REQUIRED, ...withApp, session: later(['password', 60]) });
    expect(authorize(SESSION, facts)).toMatchObject({
      outcome: 'refused',
      decision: { outcome: 'challenge', because: 'assurance-too-low' },
    });
  });

  it('lets a fresh recovery code replace the strongest factor, and set up no other', () => {
    const at = (secondsAgo: number) =>
      authorize(
        SESSION,
        factsOf({
          policy: { ...REQUIRED, methods: ['key', 'totp', 'email'] },
          ...withKeyAndApp,
          session: later(['password', 3600], ['recovery-code', secondsAgo]),
        }),
      );
    expect(at(599)).toEqual({ outcome: 'may-enroll', kinds: ['key'], because: 'settings' });
    expect(at(600)).toMatchObject({ outcome: 'refused', decision: { outcome: 'challenge' } });
    const card = { ...TEST_FACTORS[0], kind: 'card' } as (typeof TEST_FACTORS)[number];
    const alsoCards = factsOf({
      factors: [...TEST_FACTORS, card],
      policy: { ...REQUIRED, methods: ['key', 'card', 'totp'] },
      authenticators: withKeyAndApp.authenticators,
      availableKinds: ['key', 'card', 'totp'],
      session: later(['password', 3600], ['recovery-code', 60]),
    });
    expect(authorize(SESSION, alsoCards)).toMatchObject({ outcome: 'may-enroll', kinds: ['key'] });
    const withoutCode = factsOf({
      policy: { ...REQUIRED, methods: ['key', 'totp', 'email'] },
      ...withKeyAndApp,
      session: later(['password', 3600], ['totp', 60]),
    });
    expect(authorize(SESSION, withoutCode)).toMatchObject({ outcome: 'refused' });
  });

  it('of a first factor needs the password again, given after the session began', () => {
    const facts = factsOf({ policy: { ...REQUIRED, skips: 3 }, session: later(['password', 60]) });
    expect(authorize(startedAgo(30_000), facts)).toEqual({
      outcome: 'refused',
      decision: { outcome: 'challenge', because: 'authentication-too-old', anyOf: [], password: true },
    });
    expect(authorize(SESSION, facts)).toMatchObject({ outcome: 'may-enroll', because: 'offered' });
  });

  it('of a first factor takes the password of a sign-in where the app says that there is none to give again', () => {
    const facts = factsOf({
      policy: { ...REQUIRED, skips: 3 },
      hasPassword: false,
      session: later(['password', 60]),
    });
    expect(authorize(startedAgo(30_000), facts)).toMatchObject({ outcome: 'may-enroll', because: 'offered' });
  });

  it('of what the policy wants rests on the factor that the person has, not on the password', () => {
    const facts = factsOf({
      policy: { ...REQUIRED, methods: ['totp'] },
      ...withEmail,
      session: session(proof('password', 3600), { ...proof('email'), authenticatorId: 'email-1' }),
    });
    expect(authorize(SESSION, facts)).toEqual({
      outcome: 'may-enroll',
      kinds: ['totp'],
      because: 'required',
    });
  });

  it('of a first factor that is due needs the same', () => {
    const facts = factsOf({ policy: REQUIRED, session: later(['password', 60]) });
    expect(authorize(startedAgo(30_000), facts)).toMatchObject({
      outcome: 'refused',
      decision: { outcome: 'challenge', password: true },
    });
    expect(authorize(SESSION, facts)).toEqual({ outcome: 'may-enroll', kinds: KINDS, because: 'required' });
  });

  it('of a first factor may rest on a sign-in of the host that was seen', () => {
    const at = (secondsAgo: number, known: Partial<Facts> = {}) =>
      authorize(
        startedAgo(30_000),
        factsOf({
          policy: { ...REQUIRED, skips: 3 },
          session: session({ ...proof('host', secondsAgo), seen: true }),
          ...known,
        }),
      );
    expect(at(60)).toMatchObject({ outcome: 'may-enroll', because: 'offered' });
    expect(at(600)).toMatchObject({ outcome: 'refused', decision: { password: true } });
    expect(at(601, { hasPassword: false })).toMatchObject({
      outcome: 'refused',
      decision: { outcome: 'sign-in', because: 'sign-in-too-old' },
    });
    expect(at(60, withEmail)).toMatchObject({ outcome: 'refused', decision: { outcome: 'challenge' } });
  });

  it('follows the rules of the organization that the person administers', () => {
    const facts = factsOf({ policy: { enabled: false }, session: later(['password', 60]) });
    const setup = factsOf({ policy: { ...REQUIRED, methods: ['totp'] }, session: later(['password', 60]) });
    expect(authorize(SESSION, facts, { setup })).toEqual({
      outcome: 'may-enroll',
      kinds: ['totp'],
      because: 'settings',
    });
  });

  it('is offered where the policy lets people choose', () => {
    const facts = factsOf({ policy: OPTIONAL, session: later(['password', 60]) });
    expect(authorize(SESSION, facts)).toMatchObject({ outcome: 'may-enroll', because: 'offered' });
  });
});
