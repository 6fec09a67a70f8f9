import { redisRecords } from '../support/records';
import { redisState } from '../../src/redis';
import { connectRedis } from '../support/redis-client';
import { damageEach } from './damage-each';
import { KEEP, NOW, anEvent, newId } from './samples';
import { aPassword, PASSWORD_LIMITS } from '../../src/testing/state-contract/password-attempts';

// What stands beside the records of users, as the stores write it; then one thing in it is damaged.

const unreadable = { code: 'records-unreadable', status: 503, expose: false };

const redis = connectRedis();
const records = redisRecords(redis);
const state = redisState(redis);
afterAll(() => redis.disconnect());

describe('what is kept beside the records of users in Redis', () => {
  const event = {
    ...anEvent({ organizationId: 'acme' }),
    userId: 'ada',
    actorId: 'bob',
    address: '192.0.2.1',
  };

  it.each([
    ['whole', JSON.stringify(event)] as const,
    ...damageEach(event, {
      name: 1,
      at: 'x',
      organizationId: 'globex',
      userId: 1,
      actorId: 1,
      address: 1,
      details: [],
    }),
  ])('is an event, refused where its %s is damaged', async (name, text) => {
    await redis.del('mfa:{organization:acme}:events');
    await redis.lpush('mfa:{organization:acme}:events', `1 1795707648775 ${text}`);
    const listed = records.listEvents({ organizationId: 'acme', limit: 5 });
    if (name === 'whole') await expect(listed).resolves.toEqual({ events: [event] });
    else await expect(listed).rejects.toMatchObject(unreadable);
  });

  it('is an event, refused without its number, for reading and for appending', async () => {
    await redis.del('mfa:{organization:acme}:events');
    await redis.lpush('mfa:{organization:acme}:events', JSON.stringify(event));
    const listed = records.listEvents({ organizationId: 'acme', limit: 5 });
    await expect(listed).rejects.toMatchObject(unreadable);
    const appended = records.appendEvents([anEvent({ organizationId: 'acme' })], KEEP);
    await expect(appended).rejects.toMatchObject(unreadable);
  });

  const message = { userId: 'ada', ownerId: 'login', purpose: 'login', codeId: 'c' };

  it.each([
    ['whole', JSON.stringify(message)] as const,
    ...damageEach(message, { userId: 1, ownerId: 1, purpose: 'x', codeId: 1 }),
  ])('is a sent message, refused where its %s is damaged', async (name, text) => {
    await redis.set('mfa:{message:SM1}', text);
    const taken = state.takeSentMessage('SM1');
    if (name === 'whole') await expect(taken).resolves.toEqual(message);
    else await expect(taken).rejects.toMatchObject(unreadable);
  });

  it.each(['f:strangers', 'r:strangers', 'f:n:home', 'r:n:home'])(
    'is a count of passwords, refused where %s is no number',
    async (field) => {
      const name = newId();
      await redis.hset(`mfa:{name:${name}}:passwords`, field, 'x');
      const attempt = aPassword({ name, networks: ['home'] });
      await expect(state.reservePassword(attempt, PASSWORD_LIMITS, NOW)).rejects.toMatchObject(unreadable);
    },
  );

  it('is an address that a name signed in from, refused where it is none', async () => {
    const attempt = aPassword();
    await redis.set(`mfa:{name:${attempt.name}}:networks`, 'x');
    await expect(state.reservePassword(attempt, PASSWORD_LIMITS, NOW)).rejects.toMatchObject(unreadable);
  });

  const link = { userId: 'ada', expiresAt: NOW };

  it.each([['whole', JSON.stringify(link)] as const, ...damageEach(link, { userId: 1, expiresAt: 'x' })])(
    'is an unlock link, refused where its %s is damaged',
    async (name, text) => {
      await redis.set('mfa:{unlock-link:hash}', text);
      const found = state.findUnlockLink('hash');
      if (name === 'whole') await expect(found).resolves.toEqual(link);
      else await expect(found).rejects.toMatchObject(unreadable);
    },
  );

  const codes = { sealed: 'sealed', issuedAt: NOW, expiresAt: NOW + 1, replacesOlder: false };

  it.each([
    ['whole', JSON.stringify(codes)] as const,
    ...damageEach(codes, { sealed: 1, issuedAt: 'x', expiresAt: 'x', replacesOlder: 'x' }),
  ])('is a set of new recovery codes, refused where its %s is damaged', async (name, text) => {
    await redis.set('mfa:{user:ada}:unseen-codes:handle', text);
    const found = state.findUnseenCodes({ userId: 'ada', ownerId: 'handle' });
    if (name === 'whole') await expect(found).resolves.toEqual(codes);
    else await expect(found).rejects.toMatchObject(unreadable);
  });

  it.each(['["ada"]', '[1,"body"]', '{"userId":"ada"}', '"ada"', '[null,5]'])(
    'is a queued item, refused where it is %s',
    async (text) => {
      await redis.zadd('mfa:{queue:notices}:due', NOW, 'damaged');
      await redis.hset('mfa:{queue:notices}:items', 'damaged', text);
      await expect(records.listQueued('notices', 5)).rejects.toMatchObject(unreadable);
      await records.removeQueued('notices', 'damaged');
    },
  );

  it('is the work that waits, without a trace of what made room', async () => {
    for (const id of ['first', 'second'])
      await records.enqueue('notices', { id, userId: 'ada', body: '{}' }, { dueAt: NOW, most: 1 });
    expect(await redis.hkeys('mfa:{queue:notices}:items')).toEqual(['second']);
    await records.removeQueued('notices', 'second');
  });

  it('is a claimed key, with no trace of another owner who asked for it', async () => {
    const first = { kind: 'user', id: newId() } as const;
    const second = { kind: 'user', id: newId() } as const;
    const key = newId();
    expect([await records.claim(key, first), await records.claim(key, second)]).toEqual([true, false]);
    expect(await redis.smembers(`mfa:{user:${first.id}}:claims`)).toEqual([key]);
    expect(await redis.smembers(`mfa:{user:${second.id}}:claims`)).toEqual([]);
  });

  it('is the queue of unfinished jobs, without one that is finished', async () => {
    const organizationId = newId();
    const job = {
      kind: 'roster-walk',
      organizationId,
      id: newId(),
      step: 0,
      cursor: null,
      done: 0,
      of: 1,
    } as const;
    const begun = { people: 0, devices: 0, startedAt: NOW, startedBy: null, plan: null, stopped: null };
    const { id } = await records.beginJob({ ...job, ...begun, finishedAt: null });
    expect(await redis.hkeys('mfa:{queue:jobs}:items')).toContain(id);
    await records.advanceJob({ ...job, ...begun, step: 1, finishedAt: NOW });
    expect(await redis.hkeys('mfa:{queue:jobs}:items')).not.toContain(id);
  });
});
