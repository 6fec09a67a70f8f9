import { randomBytes } from 'node:crypto';
import type { SentCode } from '../core/proof/one-time-code';
import type { MfaEvent } from '../events/events';
import type { Challenge, PendingLogin, SessionEntry, StateStore } from '../stores/state-store';
import type { TestFramework } from './test-framework';

/** Samples are dated in the future, so that no store removes them by its own clock during a test. */
export const NOW = Date.UTC(2040, 0, 15, 12, 0, 0);

export const KEEP = { maxCount: 1000, maxAgeSeconds: 86_400 };

/** 22 characters, like the package's own ids. */
export function newId(): string {
  return randomBytes(16).toString('base64url');
}

export function anEvent(overrides: Partial<MfaEvent> & { organizationId: string }): MfaEvent {
  return { name: 'signed-in', at: NOW, details: {}, ...overrides };
}

export function aPendingLogin(overrides: Partial<PendingLogin> = {}): PendingLogin {
  return {
    id: newId(),
    userId: newId(),
    organizationId: 'acme',
    evidence: [{ method: 'password', at: NOW }],
    epochs: { user: newId(), organization: newId() },
    startedAt: NOW,
    expiresAt: NOW + 600_000,
    ...overrides,
  };
}

export function aChallenge(overrides: Partial<Challenge> = {}): Challenge {
  return {
    userId: newId(),
    ownerId: newId(),
    purpose: 'login',
    id: newId(),
    version: newId(),
    kind: 'totp',
    authenticatorId: newId(),
    codes: [],
    notSent: null,
    sealedSecret: null,
    state: null,
    expiresAt: NOW + 300_000,
    ...overrides,
  };
}

export function aSentCode(overrides: Partial<SentCode> = {}): SentCode {
  const id = newId().slice(0, 12);
  return {
    id,
    sendId: id,
    authenticatorId: newId(),
    kind: 'sms',
    codeHash: `v1.k1.${'h'.repeat(43)}`,
    sentBy: 'sms',
    maskedDestination: '•••• 4417',
    sentAt: NOW,
    expiresAt: NOW + 300_000,
    stage: 'counted',
    ...overrides,
  };
}

export function aSession(overrides: Partial<SessionEntry> = {}): SessionEntry {
  return {
    handle: newId(),
    organizationId: 'acme',
    startedAt: NOW,
    seenAt: NOW,
    expiresAt: NOW + 90 * 86_400_000,
    userAgent: 'Firefox on "Linux"',
    address: '192.0.2.1',
    methods: ['password', 'totp'],
    epochs: { user: newId(), organization: newId() },
    ...overrides,
  };
}

/** Ids with a special meaning in a database, a key or an object, and samples of each kind of text. */
export const HOSTILE_IDS: readonly string[] = [
  '__proto__',
  'constructor',
  'a:b',
  '{a}',
  '%003a',
  '',
  'é€😀',
  'a\r\nb',
  ' ',
  "';--",
  'x'.repeat(1000),
];

/** Options to issue a challenge in a pending login, and in a session. */
export const PENDING = { now: NOW, underPendingLogin: true };
export const SESSION = { now: NOW, underPendingLogin: false };

/** Starts a pending login and issues a challenge in it, in the store from `open`. */
export const issueInPendingLoginWith = ({ expect }: Pick<TestFramework, 'expect'>, open: () => StateStore) =>
  async function issueInPendingLogin(overrides: Partial<Challenge> = {}): Promise<Challenge> {
    const pending = aPendingLogin();
    await open().createPendingLogin(pending);
    const challenge = aChallenge({ userId: pending.userId, ownerId: pending.id, ...overrides });
    expect(await open().issueChallenge(challenge, PENDING)).toBe(true);
    return challenge;
  };
