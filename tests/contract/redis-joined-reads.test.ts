import { redisRecords } from '../support/records';
import type { Redis } from 'ioredis';
import { redisState } from '../../src/redis';
import { redisCommands } from '../../src/stores/redis/command-batch';
import { connectRedis } from '../support/redis-client';
import { startRedisProxy, type RedisProxy } from '../support/redis-proxy';
import { aPolicy, aSession, anAuthenticator, newId } from './samples';

const namesOf = (commands: readonly (readonly string[])[]) => commands.map(([name]) => name);

describe('reads of one turn', () => {
  let proxy: RedisProxy;
  let client: Redis;
  const direct = connectRedis();
  beforeAll(async () => {
    proxy = await startRedisProxy();
  });
  beforeEach(async () => {
    client = connectRedis(proxy.url);
    await client.ping();
  });
  afterEach(() => client.disconnect());
  afterAll(async () => {
    direct.disconnect();
    await proxy.stop();
  });

  it('are one command, with the answers that each would have had', async () => {
    await direct.set('text', 'tëxt');
    await direct.hset('hash', '__proto__', '1', 'b', '');
    const commands = redisCommands(client, { timeoutMs: 1000 });
    const read = () =>
      Promise.all([
        commands.send('get', 'text'),
        commands.send('get', 'nothing'),
        commands.send('hget', 'hash', 'b'),
        commands.send('hmget', 'hash', 'b', 'c'),
        commands.send('hgetall', 'hash'),
        commands.send('hgetall', 'nothing'),
      ]);
    const { commands: sent } = await proxy.measure(async () => {
      const [text, nothing, field, fields, hash, empty] = await read();
      expect([text, nothing, field, fields, empty]).toEqual(['tëxt', null, '', ['', null], {}]);
      expect(Object.entries(hash as object)).toEqual([
        ['__proto__', '1'],
        ['b', ''],
      ]);
    });
    expect(namesOf(sent)).toEqual(['eval']);
    expect(namesOf((await proxy.measure(read)).commands)).toEqual(['evalsha']);
  });

  it('keep their place between what is written', async () => {
    const commands = redisCommands(client, { timeoutMs: 1000 });
    const [first, second, , third, fourth] = await Promise.all([
      commands.send('get', 'place'),
      commands.send('get', 'place'),
      commands.send('set', 'place', 'taken'),
      commands.send('get', 'place'),
      commands.send('get', 'place'),
    ]);
    expect([first, second, third, fourth]).toEqual([null, null, 'taken', 'taken']);
  });

  it('are at most fifty to a command', async () => {
    const records = redisRecords(client);
    const users = Array.from({ length: 120 }, newId);
    const { commands } = await proxy.measure(() => records.findMembers(users, 'acme'));
    expect(commands.map(([, , keys]) => keys)).toEqual(['50', '50', '20']);
  });

  it('fail each alone', async () => {
    await direct.set('text', 'text');
    const commands = redisCommands(client, { timeoutMs: 1000 });
    const [plain, fine] = await Promise.allSettled([
      commands.send('hgetall', 'text'),
      commands.send('get', 'text'),
    ]);
    expect(plain).toMatchObject({ status: 'rejected', reason: { code: 'records-unreadable' } });
    expect(fine).toMatchObject({ status: 'fulfilled', value: 'text' });
  });

  it('go on when Redis forgot its scripts', async () => {
    const records = redisRecords(client);
    const read = () => Promise.all([records.findMember('ada', 'acme'), records.findPolicy('acme')]);
    await read();
    await direct.script('FLUSH');
    const { commands } = await proxy.measure(read);
    expect(namesOf(commands)).toEqual(['evalsha', 'eval']);
  });

  it('go one by one to a server that takes no such script', async () => {
    await direct.call('ACL', 'SETUSER', 'no-scripts', 'on', '>secret', '~*', '&*', '+@all', '-@scripting');
    const limited = connectRedis(proxy.url, { username: 'no-scripts', password: 'secret' });
    await limited.ping();
    const records = redisRecords(limited);
    const userId = newId();
    const app = anAuthenticator();
    await redisRecords(direct).addAuthenticator(userId, app);
    const read = () => Promise.all([records.findMember(userId, 'acme'), records.findPolicy('acme')]);
    const [member, policy] = await read();
    expect(member.authenticators).toEqual([app]);
    expect(policy.policy.version).toBe(0);
    limited.disconnect();
    await direct.call('ACL', 'DELUSER', 'no-scripts');
  });
});

describe('what was read before', () => {
  let proxy: RedisProxy;
  let client: Redis;
  const elsewhere = connectRedis();
  beforeAll(async () => {
    proxy = await startRedisProxy();
    client = connectRedis(proxy.url);
    await client.ping();
  });
  afterAll(async () => {
    client.disconnect();
    elsewhere.disconnect();
    await proxy.stop();
  });

  it('is asked for each time, and comes in full as soon as it is another', async () => {
    const records = redisRecords(client);
    const state = redisState(client);
    const others = redisRecords(elsewhere);
    const userId = newId();
    const organizationId = newId();
    const session = aSession({ organizationId });
    await others.addAuthenticator(userId, anAuthenticator());
    const read = () =>
      Promise.all([
        records.findMember(userId, organizationId),
        records.findPolicy(organizationId),
        state.findSession(userId, session.handle),
      ]);
    const [member, policy, none] = await read();
    expect(none).toBeUndefined();
    expect(await read()).toEqual([member, policy, undefined]);
    const third = await read();
    const fourth = await read();
    expect(third).toEqual([member, policy, undefined]);
    expect(fourth[0].authenticators).toBe(third[0].authenticators);
    expect(fourth[1].policy).toEqual(third[1].policy);

    await others.replaceUserEpoch(userId, { epoch: 'another', endedAt: 1 });
    const saved = await others.savePolicy(aPolicy({ organizationId, enabled: true }), 0);
    await redisState(elsewhere).registerSession(userId, session, { now: session.startedAt });
    const [changed, changedPolicy, found] = await read();
    expect(changed).toEqual({ ...member, epoch: 'another', sessionsEndedAt: 1 });
    expect(changedPolicy.policy).toEqual(saved.outcome === 'saved' ? saved.policy : undefined);
    expect(found).toEqual(session);
  });

  it('is another in another organization', async () => {
    const records = redisRecords(client);
    const userId = newId();
    await records.saveMemberSettings(userId, 'acme', { enabled: true, assignedKind: 'totp' });
    const enabledIn = async (organizationId: string) =>
      (await records.findMember(userId, organizationId)).settings.enabled;
    for (let time = 0; time < 4; time += 1) expect(await enabledIn('acme')).toBe(true);
    for (let time = 0; time < 4; time += 1) expect(await enabledIn('globex')).toBe(false);
  });

  it('cannot be changed by who reads it', async () => {
    const records = redisRecords(client);
    const userId = newId();
    await records.addAuthenticator(userId, anAuthenticator());
    const shared = await records.findMember(userId, 'acme');
    expect(shared.authenticators[0]?.label).not.toBe('Changed');
    expect(() => Object.assign(shared.authenticators[0] ?? {}, { disabledAt: null })).toThrow(TypeError);
    expect(() => Array.prototype.pop.call(shared.authenticators)).toThrow(TypeError);
  });
});
