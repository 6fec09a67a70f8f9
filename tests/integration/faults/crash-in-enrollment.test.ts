import { redisRecords } from '../../support/records';
import { redisState } from '../../../src/redis';
import { anAuthenticator } from '../../contract/samples';
import { visit } from '../../support/member';
import { createPortal, PASSWORD } from '../../support/portal';
import { connectRedis } from '../../support/redis-client';
import { startRedisServer, type RedisServer } from '../../support/redis-server';
import { totpCode } from '../../support/totp';

// Redis is killed in the middle of many enrollments. Whatever was confirmed to a person must be there afterwards; whoever
// was told nothing must be enrolled as a whole or not at all.

let server: RedisServer;
beforeEach(async () => {
  server = await startRedisServer();
});
afterEach(() => server.stop());

const CODES = Array.from({ length: 10 }, (_, index) => ({ number: index + 1, codeHash: `$hash$${index}` }));

describe('kill -9 of Redis with its append-only file', () => {
  it('loses none of the enrollments that were confirmed, and leaves none by half', async () => {
    const redis = connectRedis(server.url);
    const records = redisRecords(redis, { timeoutMs: 5000 });
    const people = Array.from({ length: 1000 }, (_, index) => `person-${index}`);
    const confirmed = new Set<string>();
    let crashed: Promise<void> | undefined;

    /** As the flow has it: the authenticator and its codes in one step. */
    async function enroll(userId: string): Promise<void> {
      const epoch = await records.establishUserEpoch(userId, 'epoch');
      const bound = await records.bindAuthenticator(userId, anAuthenticator({ id: `app-of-${userId}` }), {
        expected: { epoch, authenticators: 0 },
        recoveryCodes: { codes: CODES, issuedAt: 1 },
      });
      if (bound) confirmed.add(userId);
      if (confirmed.size === 300) crashed = server.crash();
    }

    const waiting = people.values();
    async function enrollOneAfterTheOther(): Promise<void> {
      for (const userId of waiting) await enroll(userId).catch(() => undefined);
    }
    await Promise.all(Array.from({ length: 20 }, enrollOneAfterTheOther));
    await crashed;
    redis.disconnect();
    await server.restart();
    const again = connectRedis(server.url);
    const found = await redisRecords(again, { timeoutMs: 5000 }).findMembers(people, 'acme');
    const enrolled = found.filter(({ authenticators }) => authenticators.length > 0);
    expect(confirmed.size).toBeGreaterThanOrEqual(300);
    expect(confirmed.size).toBeLessThan(1000);
    const enrolledIds = new Set(enrolled.map(({ userId }) => userId));
    expect([...confirmed].filter((userId) => !enrolledIds.has(userId))).toEqual([]);
    expect(enrolled.filter(({ recoveryCodesLeft }) => recoveryCodesLeft !== 10)).toEqual([]);
    expect(enrolled.every(({ userId, authenticators }) => authenticators[0]?.id === `app-of-${userId}`)).toBe(
      true,
    );
    // Told nothing and there all the same: at most those whose answer was on its way.
    expect(enrolled.length - confirmed.size).toBeLessThanOrEqual(20);
    again.disconnect();
  });

  it('leaves each person enrolled or free to enroll, over the pages', async () => {
    const redis = connectRedis(server.url, { retryStrategy: () => 20 });
    const portal = createPortal({ records: redisRecords(redis), state: redisState(redis) });
    await portal.mfa.policies.save('acme', { enabled: true, enrollment: 'required' });
    const names = ['one', 'two', 'three', 'four'];
    for (const id of names) {
      portal.users.set(id, { id, username: id, password: PASSWORD, organizationId: 'acme' });
    }
    const begun = await Promise.all(
      names.map(async (username) => {
        const member = visit(portal);
        await member.logIn(username);
        const secret: string = (await member.postJson('/mfa/enroll/totp')).body.totp.secret;
        return { username, member, secret };
      }),
    );
    let crashed: Promise<void> | undefined;
    const told = new Map<string, boolean>();
    await Promise.all(
      begun.map(async ({ username, member, secret }) => {
        const code = totpCode(secret, portal.clock.now());
        const { status, body } = await member.postJson('/mfa/enroll/totp/confirm', { code });
        expect(status === 200 ? body.outcome : status).toBe(status === 200 ? 'enrolled' : 503);
        told.set(username, status === 200);
        crashed ??= server.crash();
      }),
    );
    await crashed;
    await server.restart();
    portal.clock.advance(60_000);
    for (const { username, secret } of begun) {
      const member = visit(portal);
      const login = await member.logIn(username);
      expect(login.status).toBe(200);
      if (told.get(username) === true) expect(login.body.outcome).toBe('challenge');
      if (login.body.outcome === 'challenge') {
        // The app, and the recovery codes beside it.
        expect(login.body.anyOf).toMatchObject([{ kind: 'totp' }, { kind: 'recovery-code' }]);
        const answer = await member.postJson('/mfa/challenge', {
          code: totpCode(secret, portal.clock.now()),
        });
        expect(answer.body).toMatchObject({ outcome: 'signed-in' });
      } else {
        expect(login.body).toMatchObject({ outcome: 'enroll', because: 'required' });
      }
    }
    await portal.mfa.close();
    redis.disconnect();
  });

  it('gives new recovery codes where there are some that nobody saw', async () => {
    const portal = createPortal();
    await portal.mfa.policies.save('acme', { enabled: true, enrollment: 'required' });
    await portal.records.replaceRecoveryCodes('ada', CODES, 1);
    const ada = visit(portal);
    expect((await ada.logIn('ada')).body).toMatchObject({ outcome: 'enroll' });
    const { body } = await ada.postJson('/mfa/enroll/totp');
    const code = totpCode(body.totp.secret, portal.clock.now());
    const confirmed = await ada.postJson('/mfa/enroll/totp/confirm', { code });
    expect(confirmed.body.recoveryCodes).toHaveLength(10);
    await portal.mfa.close();
  });
});
