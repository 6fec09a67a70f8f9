import type { Records } from '../support/records';
import { randomBytes } from 'node:crypto';
import { GUESS_LIMITS, type Authenticator } from '../../src/core/member/authenticator';
import { defaultPolicy, type Policy } from '../../src/core/policy/policy';
import type { SentCode } from '../../src/core/proof/sent-code';
import type { MfaEvent } from '../../src/events/events';
import type { GuessRequest } from '../../src/records/records';
import { readState } from '../../src/factors/read-state';
import { totp } from '../../src/factors/totp/definition';
import type { Challenge, PendingLogin, SessionEntry } from '../../src/stores/state-store';

/** Samples live in the future, so that no store drops them by its own clock while a test runs. */
export const NOW = Date.UTC(2040, 0, 15, 12, 0, 0);

export const KEEP = { maxCount: 1000, maxAgeSeconds: 86_400 };

/** 22 characters, as the ids that the package draws. */
export function newId(): string {
  return randomBytes(16).toString('base64url');
}

export function anAuthenticator(overrides: Partial<Authenticator> = {}): Authenticator {
  return {
    id: newId(),
    kind: 'totp',
    label: 'Phone',
    createdAt: NOW,
    lastUsedAt: null,
    failures: 0,
    disabledAt: null,
    state: {},
    sealedSecret: 'sealed',
    maskedDestination: null,
    ...overrides,
  };
}

export function aPolicy(overrides: Partial<Policy> & { organizationId: string }): Policy {
  return { ...defaultPolicy(overrides.organizationId), enabled: true, ...overrides };
}

export function aGuess(overrides: Partial<GuessRequest> & { userId: string }): GuessRequest {
  return { group: 'codes', authenticatorId: null, rank: 3, limits: GUESS_LIMITS, now: NOW, ...overrides };
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

/** Ids that mean something to a database, a key or an object, and one of each kind of text. */
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

/** The id of a user who has signed in before. */
export async function aUser(records: Pick<Records, 'establishUserEpoch'>): Promise<string> {
  const userId = newId();
  await records.establishUserEpoch(userId, newId());
  return userId;
}

/** A right code of an authenticator app. */
interface CodeOfApp {
  readonly userId: string;
  readonly authenticatorId: string;
  readonly timeStep: number;
  readonly now: number;
}

/** Accepts a right code by the rule of authenticator apps, as their factor does. */
export function acceptTimeStep(
  records: Pick<Records, 'acceptProof'>,
  { userId, authenticatorId, timeStep, now }: CodeOfApp,
): Promise<boolean> {
  const rank = 3;
  const success = { group: 'codes', authenticatorId, now, guessedRank: rank, provenRank: rank } as const;
  return records.acceptProof({ ...success, userId }, (state) =>
    totp.afterProof(readState(totp.stateSchema, state), { timeStep }, now),
  );
}

/** From now on the app's code of this step is refused. */
export function refuseTimeStep(
  records: Pick<Records, 'changeState'>,
  { userId, authenticatorId, timeStep }: Omit<CodeOfApp, 'now'>,
): Promise<boolean> {
  const refuse = (state: object) => ({ ...state, refusedStep: timeStep });
  return records.changeState(userId, authenticatorId, refuse);
}
