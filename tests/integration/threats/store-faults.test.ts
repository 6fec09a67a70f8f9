import { redisRecords } from '../../support/records';
import type { Redis } from 'ioredis';
import { redisState } from '../../../src/redis';
import { addPerson, visit } from '../../support/member';
import { plantApp } from '../../support/planted';
import { createPortal, type Portal } from '../../support/portal';
import { connectRedis } from '../../support/redis-client';
import { startRedisProxy } from '../../support/redis-proxy';
import type { RedisProxy } from '../../support/redis-proxy';
import { startRedisServer } from '../../support/redis-server';
import { totpCode } from '../../support/totp';

// The attack: the store is made to fail, hang or answer half, in the hope that what cannot be checked is let through.
// Everything is refused for as long as it lasts, in bounded time, and goes on by itself afterwards.

const BOUNDED = { timeoutMs: 2000 };

function openPortal(url: string): { readonly portal: Portal; readonly redis: Redis } {
  const redis = connectRedis(url, { retryStrategy: () => 20 });
  const stores = { records: redisRecords(redis, BOUNDED), state: redisState(redis, BOUNDED) };
  return { redis, portal: createPortal({ ...stores, onError: () => undefined }) };
}

/** The client reconnects by itself; its queue answers when it has. */
async function untilAnswered(redis: Redis): Promise<void> {
  const answered = await redis.ping().then(
    () => true,
    () => false,
  );
  if (!answered) await untilAnswered(redis);
}

async function loseEpoch({ records }: Pick<Portal, 'records'>, id: string): Promise<void> {
  const owner = { kind: 'organization', id } as const;
  const [policy] = await records.read([{ owner, name: 'policy' }]);
  if (policy?.outcome !== 'found') throw new Error('There is no policy.');
  const body = JSON.stringify({ ...(JSON.parse(policy.body) as object), epoch: null });
  const change = { name: 'policy', expected: policy.version, next: { version: 'lost', body } } as const;
  expect(await records.write(owner, [change])).toEqual({ outcome: 'written' });
}

async function halfAndWhole({ portal }: { readonly portal: Portal }) {
  const person = addPerson(portal);
  const { secret } = await plantApp(portal, person.id);
  const code = () => totpCode(secret, portal.clock.now());
  const whole = visit(portal);
  await whole.logIn(person.username);
  await whole.postJson('/mfa/challenge', { code: code() });
  expect((await whole.getJson('/plain')).status).toBe(200);
  portal.clock.advance(30_000);
  const half = visit(portal);
  await half.logIn(person.username);
  const newcomer = visit(portal);
  for (const guest of [half, whole, newcomer]) await guest.csrfToken();
  return { person, whole, half, newcomer, code };
}

const FAULTS: readonly (readonly [name: string, act: (proxy: RedisProxy) => Promise<void> | void])[] = [
  ['refuses', (proxy) => proxy.refuse()],
  ['hangs', (proxy) => proxy.hang()],
  ['loses its replies', (proxy) => proxy.loseReplies()],
  ['breaks off in a reply', (proxy) => proxy.resetInReply()],
];

describe('a Redis', () => {
  const unhandled: unknown[] = [];
  const note = (reason: unknown) => unhandled.push(reason);
  let proxy: RedisProxy;
  let opened: ReturnType<typeof openPortal>;

  beforeAll(() => void process.on('unhandledRejection', note));
  afterAll(() => void process.off('unhandledRejection', note));

  beforeEach(async () => {
    proxy = await startRedisProxy();
    opened = openPortal(proxy.url);
    await opened.redis.flushdb();
    await opened.portal.mfa.policies.save('acme', { enabled: true, enrollment: 'required' });
  });

  afterEach(async () => {
    await opened.portal.mfa.settled();
    opened.redis.disconnect();
    await proxy.stop();
    expect(unhandled).toEqual([]);
  });

  it.each(FAULTS)('that %s lets nobody in, and everybody again when it is back', async (_name, breakIt) => {
    const { redis, portal } = opened;
    const { person, whole, half, newcomer, code } = await halfAndWhole(opened);
    await breakIt(proxy);
    const body = { username: person.username, password: person.password };
    const attempts = await Promise.all([
      whole.getJson('/plain'),
      whole.get('/'),
      whole.postJson('/payouts'),
      half.postJson('/mfa/challenge', { code: code() }),
      half.getJson('/plain'),
      newcomer.postJson('/mfa/login', body),
      newcomer.postJson('/login', body),
    ]);
    for (const { status, body: answer } of attempts) {
      expect(status).toBeGreaterThanOrEqual(500);
      expect(answer).not.toMatchObject({ outcome: 'signed-in' });
      expect(answer).not.toHaveProperty('plain');
    }
    expect(attempts[0]?.status).toBe(503);
    // Nobody has to be asked about a visitor without a session.
    expect((await newcomer.getJson('/mfa/state')).body).toMatchObject({ signedIn: false, pending: null });
    await proxy.recover();
    await untilAnswered(redis);
    expect((await whole.getJson('/plain')).status).toBe(200);
    expect((await half.getJson('/whoami')).body.authenticated).toBe(false);
    portal.clock.advance(30_000);
    const again = visit(portal);
    await again.logIn(person.username);
    const signedIn = await again.postJson('/mfa/challenge', { code: code() });
    expect(signedIn.body).toMatchObject({ outcome: 'signed-in' });
  });

  it('that stops answering between password and code burns no code', async () => {
    const { half, code } = await halfAndWhole(opened);
    await proxy.refuse();
    expect((await half.postJson('/mfa/challenge', { code: code() })).status).toBe(503);
    await proxy.recover();
    await untilAnswered(opened.redis);
    expect((await half.postJson('/mfa/challenge', { code: code() })).body).toMatchObject({
      outcome: 'signed-in',
    });
  });

  it('that lost the session index, or an epoch, ends the sessions instead of reviving them', async () => {
    const { redis, portal } = opened;
    const first = await halfAndWhole(opened);
    await redis.del(`mfa:{user:${first.person.id}}:sessions`);
    expect((await first.whole.getJson('/plain')).body).toMatchObject({
      outcome: 'sign-in',
      because: 'session-ended',
    });
    const second = await halfAndWhole(opened);
    await loseEpoch(portal, 'acme');
    expect((await second.whole.getJson('/plain')).body).toMatchObject({ because: 'session-ended' });
    const late = await second.half.postJson('/mfa/challenge', { code: second.code() });
    expect(late.body).toMatchObject({ outcome: 'rejected', because: 'session-ended' });
    const back = visit(portal);
    await back.logIn(second.person.username);
    portal.clock.advance(30_000);
    expect((await back.postJson('/mfa/challenge', { code: second.code() })).body).toMatchObject({
      outcome: 'signed-in',
    });
    expect((await second.whole.getJson('/plain')).status).toBe(401);
  });

  it('that lost all of the state asks people to sign in again, and nothing else', async () => {
    const { redis, portal } = opened;
    const { person, whole, half, code } = await halfAndWhole(opened);
    const keys = await redis.keys('mfa:*');
    await redis.del(keys.filter((key) => !key.endsWith(':documents')));
    expect((await whole.getJson('/plain')).body).toMatchObject({ outcome: 'sign-in' });
    expect((await half.getJson('/plain')).body).toMatchObject({ outcome: 'sign-in' });
    const back = visit(portal);
    expect((await back.logIn(person.username)).body).toMatchObject({ outcome: 'challenge' });
    expect((await back.postJson('/mfa/challenge', { code: code() })).body).toMatchObject({
      outcome: 'signed-in',
    });
  });

  it('that holds nonsense refuses', async () => {
    const { redis } = opened;
    const { person, whole, half, code } = await halfAndWhole(opened);
    const member = `mfa:{user:${person.id}}:documents`;
    await redis.del(member);
    await redis.set(member, 'nonsense');
    expect((await whole.getJson('/plain')).status).toBe(503);
    expect((await half.postJson('/mfa/challenge', { code: code() })).status).toBe(503);
    expect((await half.getJson('/whoami')).body.authenticated).toBe(false);
  });
});

describe('a Redis that crashes in the middle of a login', () => {
  it('lets the login go on where it stood when it is back', async () => {
    const server = await startRedisServer();
    const { portal, redis } = openPortal(server.url);
    await portal.mfa.policies.save('acme', { enabled: true, enrollment: 'required' });
    const { whole, half, code } = await halfAndWhole({ portal });
    await server.crash();
    expect((await half.postJson('/mfa/challenge', { code: code() })).status).toBe(503);
    expect((await whole.getJson('/plain')).status).toBe(503);
    await server.restart();
    await untilAnswered(redis);
    expect((await half.postJson('/mfa/challenge', { code: code() })).body).toMatchObject({
      outcome: 'signed-in',
    });
    expect((await half.getJson('/plain')).status).toBe(200);
    expect((await whole.getJson('/plain')).status).toBe(200);
    await portal.mfa.settled();
    redis.disconnect();
    await server.stop();
  });
});
