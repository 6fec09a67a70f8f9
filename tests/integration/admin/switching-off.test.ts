import {
  createAdminHost,
  HOST_PASSWORD,
  signIn,
  signInProtected,
  stepUpWithApp,
} from '../../support/admin-host';
import type { AdminHost } from '../../support/admin-host';
import { createHttpAgent } from '../../support/http-agent';
import type { HttpAgent } from '../../support/http-agent';

const DISABLE = '/admin/mfa/acme/disable';

describe('switching off', () => {
  let host: AdminHost;
  let agent: HttpAgent;
  let secret: string;

  beforeAll(async () => {
    host = createAdminHost();
    ({ agent, secret } = await signInProtected(host, 'ada'));
  });

  const enabled = async () => (await host.records.findPolicy('acme')).policy.enabled;

  it('leads to the second factor first, then asks for the password, and keeps MFA on', async () => {
    host.clock.advance(11 * 60_000);
    const stale = await agent.get(DISABLE);
    expect(stale.headers['location']).toBe('/mfa/step-up?returnTo=%2Fadmin%2Fmfa%2Facme%2Fdisable');
    await stepUpWithApp(host, agent, secret);
    const page = await agent.get(DISABLE);
    expect(page.text).toContain('Enter your password again');
    const without = await agent.postJson(DISABLE, { confirm: true, forgetDevices: true });
    expect(without.status).toBe(401);
    expect(without.body).toMatchObject({ because: 'password-needed', next: DISABLE });
    const wrong = await agent.post(DISABLE, { password: 'wrong', confirm: 'yes' });
    expect(wrong.status).toBe(401);
    expect(wrong.text).toContain('That password didn’t work.');
    expect(await enabled()).toBe(true);
  });

  it('goes on with the right password, and says what it touches before it does it', async () => {
    const proven = await agent.post(DISABLE, { password: HOST_PASSWORD });
    expect(proven.headers['location']).toBe(DISABLE);
    const page = await agent.get(DISABLE);
    expect(page.text).toContain('Forget all devices');
    const confirm = await agent.post(DISABLE, { forgetDevices: 'yes' });
    expect(confirm.status).toBe(200);
    expect(confirm.text).toContain('Switch it off for 5 members?');
    expect(confirm.text).toMatch(/<b>1<\/b> device or address will be forgotten/);
    const json = await agent.postJson(DISABLE, { forgetDevices: true });
    expect(json.status).toBe(400);
    expect(json.body).toMatchObject({ because: 'not-confirmed', members: 5, people: 1, devices: 1 });
    expect(await enabled()).toBe(true);
  });

  it.each([false, 'no', 'off', 'perhaps'])('takes %j for no confirmation', async (confirm) => {
    const answered = await agent.postJson(DISABLE, { confirm });
    expect([answered.status, answered.body]).toMatchObject([400, { because: 'not-confirmed' }]);
    expect(await enabled()).toBe(true);
  });

  it('does not overwrite what another administrator saved meanwhile', async () => {
    const before = (await host.records.findPolicy('acme')).policy.version;
    await host.mfa.policies.save('acme', { skips: 3 });
    const answered = await agent.post(DISABLE, { confirm: 'yes', version: String(before) });
    expect(answered.status).toBe(409);
    expect(await enabled()).toBe(true);
    expect((await agent.postJson(DISABLE, { confirm: true, version: 'x' })).status).toBe(400);
  });

  it('switches off, forgets every device, shows how far it is, and asks nobody any more', async () => {
    const done = await agent.post(DISABLE, { confirm: 'yes', forgetDevices: 'yes' });
    expect(done.headers['location']).toBe(DISABLE);
    expect(await enabled()).toBe(false);
    await host.mfa.settled();
    const progress = await agent.get(DISABLE);
    expect(progress.text).toContain('All devices forgotten');
    expect((await agent.getJson(DISABLE)).body).toMatchObject({ progress: { people: 1, devices: 1 } });
    expect((await host.records.findMember('ada', 'acme')).authenticators).toEqual([]);
    const again = await signIn(host, 'ada');
    expect((await again.get('/')).status).toBe(200);
    expect((await again.get('/admin/mfa/acme')).text).not.toContain('Configure my MFA');
  });
});

describe('ending every session', () => {
  const END = '/admin/mfa/acme/sessions/end-all';

  it('ends all but those of others, and keeps the administrator’s own where asked', async () => {
    const host = createAdminHost();
    const { agent } = await signInProtected(host, 'ada');
    const alan = await signIn(host, 'alan');
    const bob = await signIn(host, 'bob');
    const grace = await signIn(host, 'grace');
    const answered = await agent.post(END, { keepMine: 'yes' });
    expect(answered.headers['location']).toBe('/admin/mfa/acme/sessions?done=all-sessions-ended');
    expect((await agent.follow(answered)).text).toContain('Every session of this organization has ended');
    for (const ended of [alan, bob]) {
      expect((await ended.get('/')).headers['location']).toContain('/mfa/login');
    }
    expect((await grace.get('/')).status).toBe(200);
    const { sessions } = (await agent.getJson('/mfa/sessions')).body;
    expect(sessions).toMatchObject([{ current: true }]);
    const json = await agent.postJson(END);
    expect(json.body).toMatchObject({ outcome: 'ended' });
    expect((await agent.getJson('/admin/mfa/acme')).status).toBe(401);
  });

  it('leaves the session of an administrator from another organization alone', async () => {
    const host = createAdminHost();
    const { agent } = await signInProtected(host, 'ada');
    const grace = await signIn(host, 'grace');
    expect((await agent.postJson('/admin/mfa/globex/sessions/end-all')).status).toBe(200);
    expect((await grace.get('/')).headers['location']).toContain('/mfa/login');
    expect((await agent.getJson('/admin/mfa/globex')).status).toBe(200);
  });
});

describe('a session that was kept when another organization’s ended', () => {
  it('ends with the sessions of its own', async () => {
    const host = createAdminHost();
    const { agent } = await signInProtected(host, 'ada');
    const kept = await agent.postJson('/admin/mfa/globex/sessions/end-all', { keepMine: true });
    expect(kept.body).toMatchObject({ outcome: 'ended' });
    await host.mfa.policies.endAllSessions('acme');
    expect((await agent.get('/')).headers['location']).toContain('/mfa/login');
  });
});

describe('the chooser', () => {
  it('shows several organizations and goes straight into a single one', async () => {
    const host = createAdminHost();
    const ada = await signIn(host, 'ada');
    const chooser = await ada.get('/admin/mfa');
    expect(chooser.text).toMatch(
      /href="\/admin\/mfa\/acme"><bdi>Acme Corp.*href="\/admin\/mfa\/globex"><bdi>Globex/s,
    );
    expect((await ada.get('/admin/mfa/acme')).text).toContain('<a href="/admin/mfa">change');
    const bob = await signIn(host, 'bob');
    const straight = await bob.get('/admin/mfa');
    expect(straight.headers['location']).toBe('/admin/mfa/acme');
    expect((await bob.follow(straight)).text).not.toContain('>change');
    expect((await bob.getJson('/admin/mfa')).body).toEqual({
      organizations: [{ id: 'acme', name: 'Acme Corp', next: '/admin/mfa/acme' }],
    });
  });
});

describe('the password that is asked for before switching off', () => {
  it('is judged although strangers used up what they may guess', async () => {
    const host = createAdminHost();
    const { agent, secret } = await signInProtected(host, 'ada');
    host.clock.advance(11 * 60_000);
    await stepUpWithApp(host, agent, secret);
    for (let n = 0; n < 10; n += 1)
      await createHttpAgent(host.app).postJson('/mfa/login', { username: 'ada', password: 'guessed' });
    const again = { username: 'ada', password: HOST_PASSWORD };
    expect((await createHttpAgent(host.app).postJson('/mfa/login', again)).status).toBe(429);
    expect((await agent.post(DISABLE, { password: 'mistyped' })).status).toBe(401);
    const proven = await agent.post(DISABLE, { password: HOST_PASSWORD });
    expect([proven.status, proven.headers['location']]).toEqual([303, DISABLE]);
  });
});
