import { redisRecords } from '../../support/records';
import type { Redis } from 'ioredis';
import { redisState } from '../../../src/redis';
import { createAdminHost, signIn, signInProtected } from '../../support/admin-host';
import type { AdminHost } from '../../support/admin-host';
import type { HttpAgent } from '../../support/http-agent';
import { connectRedis } from '../../support/redis-client';

const ACME = '/admin/mfa/acme';

describe('the administrators’ pages on Redis', () => {
  let redis: Redis;
  let host: AdminHost;
  let agent: HttpAgent;

  beforeAll(async () => {
    redis = connectRedis();
    host = createAdminHost({ records: redisRecords(redis), state: redisState(redis) });
    ({ agent } = await signInProtected(host, 'ada'));
  });

  afterAll(async () => {
    await host.mfa.settled();
    redis.disconnect();
  });

  it('all open', async () => {
    for (const path of ['', '/policy', '/disable', '/members', '/members/mary', '/sessions', '/events']) {
      expect((await agent.get(`${ACME}${path}`)).status).toBe(200);
      expect((await agent.getJson(`${ACME}${path}`)).status).toBe(200);
    }
    for (const file of ['/members.csv', '/events.csv']) {
      expect((await agent.get(`${ACME}${file}`)).text.split('\r\n').length).toBeGreaterThan(2);
    }
  });

  it('change a member, whose open session is asked at the next request', async () => {
    const alan = await signIn(host, 'alan');
    expect((await alan.get('/')).status).toBe(200);
    const saved = await agent.postJson(`${ACME}/members/alan/settings`, {
      enabled: true,
      assignedKind: 'email',
    });
    expect(saved.body).toMatchObject({ outcome: 'saved' });
    expect((await alan.get('/')).headers['location']).toContain('/mfa/challenge');
    const exempted = await agent.postJson(`${ACME}/members/alan/exemption`, {
      reason: 'trial',
      until: '2026-02-01',
    });
    expect(exempted.body).toMatchObject({ outcome: 'granted' });
    expect((await alan.get('/')).status).toBe(200);
    const listed = await agent.getJson(`${ACME}/members?filter=exempt`);
    expect(listed.body).toMatchObject({ members: [{ id: 'alan', mfa: { exemption: { reason: 'trial' } } }] });
  });

  it('preview, and let one of two savers win', async () => {
    const preview = await agent.postJson(`${ACME}/policy/preview`, { enrollment: 'required' });
    expect(preview.body).toMatchObject({ outcome: 'previewed', you: 'proves', wouldLockYouOut: false });
    const { body } = await agent.getJson(`${ACME}/policy`);
    const { version } = (body as { policy: { version: number } }).policy;
    expect((await agent.postJson(`${ACME}/policy`, { skips: 2, version })).status).toBe(200);
    expect((await agent.postJson(`${ACME}/policy`, { skips: 4, version })).status).toBe(409);
  });

  it('end every session but the one that asks, and say who did it', async () => {
    const bob = await signIn(host, 'bob');
    await agent.postJson(`${ACME}/sessions/end-all`, { keepMine: true });
    expect((await bob.get('/')).headers['location']).toContain('/mfa/login');
    await host.mfa.settled();
    const { body } = await agent.getJson(`${ACME}/events?name=sessions-ended`);
    const { events } = body as { events: Record<string, unknown>[] };
    expect(events[0]).toMatchObject({ name: 'sessions-ended', actorId: 'ada', organizationId: 'acme' });
  });
});
