import { Pool } from 'pg';
import { postgresRecords } from '../../src/postgres';
import { redisRecords, withRules, type Records } from '../support/records';
import { redisState } from '../../src/redis';
import type { StateStore } from '../../src/stores/state-store';
import type { PrepareInProcess } from '../support/processes';
import { connectRedis } from '../support/redis-client';
import { NOW, aGuess, aSession, acceptTimeStep, newId } from './samples';
import { PASSWORD_LIMITS, aPassword } from '../../src/testing/state-contract/password-attempts';

/** What every process tries to do, many times at once. */
export interface RaceTarget {
  readonly url: string;
  /** Where the records are, if not in Redis. */
  readonly postgresUrl: string | null;
  readonly userId: string;
  readonly ownerId: string;
  readonly authenticatorId: string;
  readonly challengeId: string;
  readonly sessionHandle: string;
  readonly budgetKey: string;
}

/** How often each verb said yes. */
export type RaceResult = Readonly<Record<keyof typeof VERBS, number>>;

interface Stores {
  readonly records: Records;
  readonly state: StateStore;
}

type Try = (stores: Stores, target: RaceTarget) => Promise<boolean>;

const isSpent = ({ outcome }: { readonly outcome: string }) => outcome === 'spent';

async function isReserved(
  state: StateStore,
  attempt: { readonly name?: string; readonly networks: readonly string[] },
): Promise<boolean> {
  const reserved = await state.reservePassword(aPassword(attempt), PASSWORD_LIMITS, NOW);
  return reserved.outcome === 'reserved';
}

const VERBS = {
  spendGuess: async ({ records }, { userId }) =>
    isSpent(await records.spendGuess(aGuess({ userId, group: 'recovery-codes' }))),
  acceptTimeStep: ({ records }, { userId, authenticatorId }) =>
    acceptTimeStep(records, { userId, authenticatorId, timeStep: 7, now: NOW }),
  consumeRecoveryCode: ({ records }, { ownerId }) =>
    records.consumeRecoveryCode(ownerId, { number: 1, codeHash: 'hash' }),
  spendSkip: async ({ records }, { userId }) => isSpent(await records.spendSkip(userId, 'acme', 3)),
  spendAttempt: async ({ state }, { userId, ownerId }) =>
    isSpent(await state.spendAttempt({ userId, ownerId, purpose: 'enroll' }, 5)),
  consumeChallenge: ({ state }, { userId, ownerId, challengeId }) =>
    state.consumeChallenge({ userId, ownerId, purpose: 'login' }, challengeId),
  spendSendBudgets: async ({ state }, { budgetKey }) =>
    isSpent(await state.spendSendBudgets([{ key: budgetKey, windows: [{ max: 4, seconds: 600 }] }], NOW)),
  passwordFromOneAddress: ({ state }, { userId }) => isReserved(state, { name: userId, networks: [userId] }),
  passwordFromAnyAddress: ({ state }, { ownerId }) =>
    isReserved(state, { name: ownerId, networks: [newId()] }),
  passwordForAnyName: ({ state }, { ownerId }) => isReserved(state, { networks: [ownerId] }),
  endSession: ({ state }, { userId, sessionHandle }) => state.endSession(userId, sessionHandle),
  touchSession: ({ state }, { userId, sessionHandle }) => state.touchSession(userId, sessionHandle, NOW + 1),
  registerSession: async ({ state }, { userId }) => {
    await state.registerSession(userId, aSession(), { now: NOW });
    return true;
  },
} satisfies Record<string, Try>;

/** Three verbs change the same user, and at most fifty changes of one user wait in a process. */
const TRIES = 15;

const prepareRace: PrepareInProcess<RaceTarget, RaceResult> = async (target) => {
  const redis = connectRedis(target.url);
  const { postgresUrl } = target;
  const pool = postgresUrl === null ? undefined : new Pool({ connectionString: postgresUrl });
  const patient = { timeoutMs: 30_000 };
  const records =
    pool === undefined ? redisRecords(redis, patient) : withRules(postgresRecords(pool, patient));
  const stores: Stores = { records, state: redisState(redis, patient) };
  await redis.ping();
  return async () => {
    const counted = await Promise.all(
      Object.entries(VERBS).map(async ([verb, act]) => {
        const tries = await Promise.all(Array.from({ length: TRIES }, () => act(stores, target)));
        return [verb, tries.filter(Boolean).length] as const;
      }),
    );
    redis.disconnect();
    await pool?.end();
    return Object.fromEntries(counted) as RaceResult;
  };
};

export default prepareRace;
