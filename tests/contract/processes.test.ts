import { Pool } from 'pg';
import { postgresRecords } from '../../src/postgres';
import { createPostgresDatabase } from '../support/postgres-database';
import { redisRecords, withRules, type Records } from '../support/records';
import { join } from 'node:path';
import { GUESS_LIMITS } from '../../src/core/member/authenticator';
import { redisState } from '../../src/redis';
import { startProcesses, type Processes } from '../support/processes';
import { connectRedis } from '../support/redis-client';
import { redisUrl } from '../support/redis-database';
import type { RaceResult, RaceTarget } from './race';
import { NOW, aChallenge, aPendingLogin, aSession, anAuthenticator, newId } from './samples';
import { PASSWORD_LIMITS } from '../../src/testing/state-contract/password-attempts';

let processes: Processes<RaceTarget, RaceResult>;
beforeAll(async () => {
  processes = await startProcesses(join(__dirname, 'race.ts'), 4);
});
afterAll(() => processes.stop());

describe.each(['Redis', 'PostgreSQL'] as const)('records in %s under four processes at once', (kind) => {
  const redis = connectRedis();
  let postgresUrl: string | null = null;
  let pool: Pool | undefined;
  let records: Records;

  beforeAll(async () => {
    if (kind === 'Redis') {
      records = redisRecords(redis);
      return;
    }
    postgresUrl = await createPostgresDatabase();
    pool = new Pool({ connectionString: postgresUrl });
    const store = postgresRecords(pool, { timeoutMs: 30_000 });
    await store.migrate();
    records = withRules(store);
  });
  afterAll(async () => {
    redis.disconnect();
    await pool?.end();
  });

  it('say yes no more often than they may', async () => {
    const state = redisState(redis);
    const userId = newId();
    const pending = aPendingLogin({ userId });
    const app = anAuthenticator();
    const session = aSession();
    const login = aChallenge({ userId, ownerId: pending.id, purpose: 'login' });
    await records.establishUserEpoch(userId, 'epoch');
    await records.addAuthenticator(userId, app);
    await records.replaceRecoveryCodes(pending.id, [{ number: 1, codeHash: 'hash' }], NOW);
    await state.createPendingLogin(pending);
    await state.issueChallenge(login, { now: NOW, underPendingLogin: true });
    const enroll = aChallenge({ userId, ownerId: pending.id, purpose: 'enroll' });
    await state.issueChallenge(enroll, { now: NOW, underPendingLogin: true });
    await state.registerSession(userId, session, { now: NOW });

    const input: RaceTarget = {
      url: redisUrl(),
      postgresUrl,
      userId,
      ownerId: pending.id,
      authenticatorId: app.id,
      challengeId: login.id,
      sessionHandle: session.handle,
      budgetKey: newId(),
    };
    const results = await processes.run(input);
    const total = (verb: keyof RaceResult) => results.reduce((sum, result) => sum + result[verb], 0);

    expect(total('spendGuess')).toBe(GUESS_LIMITS.perUser);
    expect(total('acceptTimeStep')).toBe(1);
    expect(total('consumeRecoveryCode')).toBe(1);
    expect(total('spendSkip')).toBe(3);
    expect(total('spendAttempt')).toBe(5);
    expect(total('consumeChallenge')).toBe(1);
    expect(total('spendSendBudgets')).toBe(4);
    expect(total('passwordFromOneAddress')).toBe(PASSWORD_LIMITS.perSource);
    expect(total('passwordFromAnyAddress')).toBe(PASSWORD_LIMITS.fromStrangers);
    expect(total('passwordForAnyName')).toBe(PASSWORD_LIMITS.perAddress);
    expect(total('endSession')).toBe(1);
    expect(total('registerSession')).toBe(60);
    expect(await state.findSession(userId, session.handle)).toBeUndefined();
    expect(await state.listSessions(userId)).toHaveLength(60);
    expect((await records.findMember(userId, 'acme')).settings.skipsUsed).toBe(3);
  });
});
