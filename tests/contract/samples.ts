import { GUESS_LIMITS, type Authenticator } from '../../src/core/member/authenticator';
import { defaultPolicy, type Policy } from '../../src/core/policy/policy';
import { readState } from '../../src/factors/factor-state';
import { totp } from '../../src/factors/totp/definition';
import type { GuessRequest } from '../../src/records/records';
import { NOW, newId } from '../../src/testing/samples';
import type { Records } from '../support/records';

export {
  HOSTILE_IDS,
  KEEP,
  NOW,
  aChallenge,
  aPendingLogin,
  aSentCode,
  aSession,
  anEvent,
  newId,
} from '../../src/testing/samples';

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
