import { redisRecords } from '../../support/records';
import { redisState } from '../../../src/redis';
import { visit } from '../../support/member';
import { plantApp } from '../../support/planted';
import { createPortal } from '../../support/portal';
import type { Portal } from '../../support/portal';
import { connectRedis } from '../../support/redis-client';
import { totpCode } from '../../support/totp';

const redis = connectRedis();
afterAll(() => redis.disconnect());
beforeEach(() => redis.flushdb());

async function drop(pattern: string): Promise<void> {
  const keys = await redis.keys(pattern);
  expect(keys.length).toBeGreaterThan(0);
  await redis.del(...keys);
}

/** Records under `kept:`, state under `gone:`. */
function openProcess(): Portal {
  return createPortal({
    records: redisRecords(redis, { prefix: 'kept' }),
    state: redisState(redis, { prefix: 'gone' }),
  });
}

async function openPortal(): Promise<{ readonly portal: Portal; readonly secret: string }> {
  const portal = openProcess();
  await portal.mfa.policies.save('acme', { enabled: true, enrollment: 'required' });
  const { secret } = await plantApp(portal, 'ada');
  return { portal, secret };
}

async function signIn(portal: Portal, secret: string) {
  portal.clock.advance(30_000);
  const ada = visit(portal);
  expect((await ada.logIn('ada')).body).toMatchObject({ outcome: 'challenge' });
  const answer = await ada.postJson('/mfa/challenge', { code: totpCode(secret, portal.clock.now()) });
  expect(answer.body).toMatchObject({ outcome: 'signed-in' });
  return ada;
}

describe('losing the state', () => {
  it('makes people sign in again, with their factor, and changes nothing else', async () => {
    const { portal, secret } = await openPortal();
    const ada = await signIn(portal, secret);
    const before = await portal.records.findMember('ada', 'acme');
    await drop('gone:*');
    expect((await ada.getJson('/')).body).toMatchObject({ outcome: 'sign-in' });
    expect(await portal.records.findMember('ada', 'acme')).toEqual(before);
    const again = await signIn(portal, secret);
    expect((await again.getJson('/')).status).toBe(200);
    await portal.mfa.close();
  });

  it('in the middle of a login means to begin it again', async () => {
    const { portal, secret } = await openPortal();
    portal.clock.advance(30_000);
    const ada = visit(portal);
    await ada.logIn('ada');
    await ada.csrfToken();
    await drop('gone:{user:*');
    const answer = await ada.postJson('/mfa/challenge', { code: totpCode(secret, portal.clock.now()) });
    expect(answer.body).toMatchObject({ outcome: 'rejected' });
    expect((await ada.getJson('/whoami')).body.authenticated).toBe(false);
    await signIn(portal, secret);
    await portal.mfa.close();
  });

  it('of sessions alone ends them, though their cookies are kept', async () => {
    const { portal, secret } = await openPortal();
    const ada = await signIn(portal, secret);
    await drop('gone:{user:ada}:sessions');
    expect((await ada.getJson('/')).body).toMatchObject({ outcome: 'sign-in' });
    await portal.mfa.close();
  });
});

describe('losing the records', () => {
  it('lets nobody in who had enrolled, where the user directory knows that', async () => {
    const { portal, secret } = await openPortal();
    const ada = await signIn(portal, secret);
    const user = portal.users.get('ada');
    if (user !== undefined) portal.users.set('ada', { ...user, mfaEnrolled: true });
    await drop('kept:{user:*');
    expect((await ada.getJson('/')).status).not.toBe(200);
    const again = visit(portal);
    const login = await again.logIn('ada');
    expect(login.status).toBe(403);
    expect(login.body).toMatchObject({ because: 'records-unavailable' });
    expect((await again.postJson('/mfa/enroll/totp')).body).not.toHaveProperty('totp');
    expect((await again.getJson('/whoami')).body.authenticated).toBe(false);
    await portal.mfa.close();
  });

  it('ends every session, even without that: absent epochs are never equal', async () => {
    const { portal, secret } = await openPortal();
    const ada = await signIn(portal, secret);
    await drop('kept:{user:*');
    expect((await ada.getJson('/')).body).toMatchObject({ outcome: 'sign-in' });
    await portal.mfa.close();
  });

  it('of a policy alone is no switch to turn it off', async () => {
    const { portal, secret } = await openPortal();
    await signIn(portal, secret);
    await redis.hdel('kept:{organization:acme}:documents', 'policy');
    // This process still has the version that Redis names, and goes on enforcing it.
    expect((await visit(portal).logIn('ada')).body).toMatchObject({ outcome: 'challenge' });
    const restarted = openProcess();
    expect((await visit(restarted).logIn('ada')).status).toBe(503);
    await portal.mfa.close();
    await restarted.mfa.close();
  });
});
