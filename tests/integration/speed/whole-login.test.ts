import { redisStores } from '../../support/records';
import type { Redis } from 'ioredis';
import request from 'supertest';

import { enrollApp, visit } from '../../support/member';
import { createPortal, PASSWORD } from '../../support/portal';
import type { Portal } from '../../support/portal';
import { connectRedis } from '../../support/redis-client';
import { redisUrl } from '../../support/redis-database';
import { startRedisProxy } from '../../support/redis-proxy';
import type { RedisProxy, Traffic } from '../../support/redis-proxy';
import { totpCode } from '../../support/totp';

describe('a login by password and authenticator app', () => {
  let proxy: RedisProxy;
  let client: Redis;
  let portal: Portal;
  let secret: string;

  const writesOfSessions = ({ commands }: Traffic) =>
    commands.filter(([name, key]) => name === 'set' && key?.startsWith('mfa:session:') === true).length;

  beforeEach(async () => {
    proxy = await startRedisProxy(redisUrl());
    client = connectRedis(proxy.url);
    await client.flushdb();
    portal = createPortal(redisStores(client));
    await portal.mfa.policies.save('acme', { enabled: true, enrollment: 'required' });
    ({ secret } = await enrollApp(portal, 'ada'));
    await portal.mfa.settled();
  });

  afterEach(async () => {
    await portal.mfa.settled();
    client.disconnect();
    await proxy.stop();
  });

  it('writes each of its two sessions once', async () => {
    const ada = visit(portal);
    await ada.csrfToken();
    const password = await proxy.measure(() => ada.logIn('ada'));
    expect(writesOfSessions(password)).toBe(1);
    const code = totpCode(secret, portal.clock.now());
    const proof = await proxy.measure(() => ada.postJson('/mfa/challenge', { code }));
    expect(writesOfSessions(proof)).toBe(1);
    expect((await ada.getJson('/plain')).status).toBe(200);
  });

  it('ends no session that was never stored, and stores half a login beside its new session', async () => {
    const endsOfSessions = ({ commands }: Traffic) =>
      commands.filter(([name, key]) => name === 'del' && key?.startsWith('mfa:session:') === true).length;
    const stranger = request.agent(portal.app);
    const asJson = { accept: 'application/json' };
    const credentials = { username: 'ada', password: PASSWORD };
    let csrfToken = '';
    const password = await proxy.measure(async () => {
      const { body } = await stranger.post('/login').set(asJson).send(credentials);
      ({ csrfToken } = body);
    });
    expect(endsOfSessions(password)).toBe(0);
    expect(password.roundTrips).toBe(3);
    const code = totpCode(secret, portal.clock.now());
    const proof = await proxy.measure(() =>
      stranger
        .post('/mfa/challenge')
        .set({ ...asJson, 'x-csrf-token': csrfToken })
        .send({ code }),
    );
    expect(endsOfSessions(proof)).toBe(1);
    expect(proof.roundTrips).toBe(4);
  });

  it('hands out the token of the second step with the answer to the first', async () => {
    const ada = visit(portal);
    const { body } = await ada.logIn('ada');
    const code = totpCode(secret, portal.clock.now());
    const proof = await ada.postJson('/mfa/challenge', { code }, { 'x-csrf-token': body.csrfToken });
    expect(proof.body).toMatchObject({ outcome: 'signed-in' });
  });
});
