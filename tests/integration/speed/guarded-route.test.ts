import { redisStores } from '../../support/records';
import type { Redis } from 'ioredis';

import { createHttpAgent } from '../../support/http-agent';
import { enrollApp } from '../../support/member';
import type { Member } from '../../support/member';
import { createPortal } from '../../support/portal';
import type { Portal, PortalUser } from '../../support/portal';
import { connectRedis } from '../../support/redis-client';
import { redisUrl } from '../../support/redis-database';
import { startRedisProxy } from '../../support/redis-proxy';
import type { RedisProxy, Traffic } from '../../support/redis-proxy';

const READS = new Set(['get', 'hget', 'hmget', 'hgetall']);
const readsIn = (commands: Traffic['commands']) => commands.flat().filter((word) => READS.has(word));

describe('a guarded page of somebody whose session the process has seen', () => {
  let proxy: RedisProxy;
  let client: Redis;
  let portal: Portal;
  let ada: Member;

  const acme = { enabled: true, enrollment: 'required' } as const;
  const moveAda = (organizationId: string) =>
    portal.users.set('ada', { ...(portal.users.get('ada') as PortalUser), organizationId });
  const visitPage = () => ada.getJson('/plain');

  beforeEach(async () => {
    proxy = await startRedisProxy(redisUrl());
    client = connectRedis(proxy.url);
    await client.flushdb();
    portal = createPortal(redisStores(client));
    await portal.mfa.policies.save('acme', acme);
    ({ member: ada } = await enrollApp(portal, 'ada'));
    await portal.mfa.settled();
  });

  afterEach(async () => {
    await portal.mfa.settled();
    client.disconnect();
    await proxy.stop();
  });

  it('is one trip, in which nothing is written', async () => {
    const { roundTrips, commands } = await proxy.measure(visitPage);
    expect(roundTrips).toBe(1);
    expect(commands.map(([name]) => name)).toEqual(['evalsha']);
    // The documents of the member and of the policy, the session's entry in the list, and the session.
    expect(readsIn(commands)).toEqual(['hmget', 'hmget', 'hget', 'get']);
  });

  it('is two trips on a process that has not', async () => {
    const other = connectRedis(proxy.url);
    const { app } = createPortal(redisStores(other));
    const elsewhere = createHttpAgent(app, { headers: { cookie: `session=${ada.cookie('session')}` } });
    await other.ping();
    const first = await proxy.measure(() => elsewhere.getJson('/plain'));
    const second = await proxy.measure(() => elsewhere.getJson('/plain'));
    other.disconnect();
    expect([first.roundTrips, second.roundTrips]).toEqual([2, 1]);
  });

  it('is decided by the organization that the person is in, at the price of a trip', async () => {
    await portal.mfa.policies.save('globex', { enabled: false });
    moveAda('globex');
    expect((await visitPage()).status).toBe(200);
    moveAda('acme');
    await portal.mfa.members.reset({ userId: 'ada', organizationId: 'acme' }, { reason: 'Lost the phone' });
    const { roundTrips } = await proxy.measure(async () => {
      const refused = await visitPage();
      expect(refused.status).toBe(401);
    });
    expect(roundTrips).toBeGreaterThan(1);
  });

  it('is refused at once when the session was ended', async () => {
    await visitPage();
    await portal.records.replaceUserEpoch('ada', { epoch: 'another', endedAt: 1 });
    const refused = await visitPage();
    expect(refused.body).toMatchObject({ outcome: 'sign-in', because: 'session-ended' });
  });

  it('is refused at once when this one session was ended', async () => {
    await visitPage();
    const [entry] = await portal.state.listSessions('ada');
    await portal.state.endSession('ada', entry?.handle ?? '');
    expect((await visitPage()).body).toMatchObject({ because: 'session-ended' });
  });

  it('obeys a new policy at once', async () => {
    await visitPage();
    await portal.mfa.policies.save('acme', { ...acme, methods: ['email'] });
    expect((await visitPage()).body).toMatchObject({ outcome: 'enroll', because: 'required' });
  });

  it('is decided by what was read a second ago at most', async () => {
    const find = portal.users.get.bind(portal.users);
    // The host takes a second to find its user.
    portal.users.get = (id) => {
      portal.clock.advance(1000);
      return find(id);
    };
    const { roundTrips, commands } = await proxy.measure(visitPage);
    expect(roundTrips).toBe(2);
    expect(readsIn(commands).filter((name) => name === 'hmget')).toHaveLength(4);
  });

  it('is refused, and nothing is left unhandled, when Redis does not answer', async () => {
    const unhandled: unknown[] = [];
    const keep = (error: unknown) => unhandled.push(error);
    process.on('unhandledRejection', keep);
    proxy.hang();
    expect((await visitPage()).status).toBe(503);
    await proxy.recover();
    process.off('unhandledRejection', keep);
    expect(unhandled).toEqual([]);
  });
});
