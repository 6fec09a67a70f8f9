import {
  createAdminHost,
  enrollApp,
  HOST_PASSWORD,
  signIn,
  signInAtProvider,
  signInProtected,
  signInToChange,
  signInWithPlantedApp,
  stepUpWithApp,
} from '../../support/admin-host';
import type { AdminHost } from '../../support/admin-host';
import { adminRoutes } from '../../support/admin-routes';
import { createHttpAgent } from '../../support/http-agent';
import type { HttpAgent } from '../../support/http-agent';

const reads = adminRoutes('alan').filter(({ change }) => change !== true);
const changes = adminRoutes('alan').filter(({ change }) => change === true);

async function sendJson(agent: HttpAgent, route: (typeof reads)[number]) {
  const path = `/admin/mfa/acme${route.path}`;
  return route.method === 'GET' ? agent.getJson(path) : agent.postJson(path, route.body);
}

async function expectUntouched(host: AdminHost) {
  expect((await host.records.findPolicy('acme')).policy.enabled).toBe(true);
  expect((await host.records.findMember('alan', 'acme')).settings).toMatchObject({
    enabled: false,
    exemption: null,
  });
}

async function hostWithPolicy(): Promise<AdminHost> {
  const host = createAdminHost();
  await host.mfa.policies.save('acme', { enabled: true, enrollment: 'assigned' });
  return host;
}

describe('a stranger', () => {
  it('is sent to sign in from every route, and comes back to the page', async () => {
    const host = await hostWithPolicy();
    const agent = createHttpAgent(host.app);
    for (const route of [...reads, ...changes]) {
      const answered = await sendJson(agent, route);
      expect({ path: route.path, status: answered.status, body: answered.body }).toMatchObject({
        status: 401,
        body: { outcome: 'sign-in', because: 'no-session' },
      });
    }
    const page = await agent.get('/admin/mfa/acme/members');
    expect(page.headers['location']).toBe('/mfa/login?returnTo=%2Fadmin%2Fmfa%2Facme%2Fmembers');
    await expectUntouched(host);
  });
});

describe('a person who administers nothing', () => {
  it('is refused, and learns nothing of any organization', async () => {
    const host = await hostWithPolicy();
    const agent = await signInToChange(host, 'alan');
    expect((await agent.getJson('/admin/mfa')).body).toMatchObject({ because: 'not-an-administrator' });
    expect((await agent.get('/admin/mfa')).status).toBe(403);
    for (const route of [...reads, ...changes]) expect((await sendJson(agent, route)).status).toBe(404);
    await expectUntouched(host);
  });
});

describe('an administrator with a factor', () => {
  it('sees nothing with the password alone, on any route', async () => {
    const host = await hostWithPolicy();
    const first = await signInToChange(host, 'ada');
    await enrollApp(host, first);
    const agent = createHttpAgent(host.app);
    const answered = await agent.postJson('/mfa/login', { username: 'ada', password: HOST_PASSWORD });
    expect(answered.body).toMatchObject({ outcome: 'challenge' });
    for (const route of [...reads, ...changes]) {
      const refused = await sendJson(agent, route);
      expect({ path: route.path, status: refused.status }).toEqual({ path: route.path, status: 401 });
      expect(refused.body).toMatchObject({ outcome: 'challenge' });
    }
    await expectUntouched(host);
  });

  it('changes with a fresh code, not with the password', async () => {
    const host = await hostWithPolicy();
    const agent = await signInToChange(host, 'ada');
    const secret = await enrollApp(host, agent);
    host.clock.advance(11 * 60_000);
    const stale = await agent.postJson('/admin/mfa/acme/members/mary/unlock');
    expect(stale.body).toMatchObject({ outcome: 'challenge', because: 'authentication-too-old' });
    await agent.postJson('/mfa/step-up', { password: HOST_PASSWORD });
    expect((await agent.postJson('/admin/mfa/acme/members/mary/unlock')).status).toBe(401);
    await stepUpWithApp(host, agent, secret);
    expect((await agent.postJson('/admin/mfa/acme/members/mary/unlock')).status).toBe(200);
  });
});

describe('an administrator who is one no more', () => {
  it('is refused at the next request', async () => {
    const host = await hostWithPolicy();
    const { agent } = await signInWithPlantedApp(host, 'bob');
    expect((await agent.getJson('/admin/mfa/acme/members')).status).toBe(200);
    host.administrators.delete('bob');
    expect((await agent.getJson('/admin/mfa/acme/members')).status).toBe(404);
    expect((await agent.postJson('/admin/mfa/acme/members/alan/end-sessions')).status).toBe(404);
  });
});

describe('an administrator who is exempt', () => {
  it('proves the factor all the same, on the step-up page, and comes back', async () => {
    const host = createAdminHost();
    const { secret } = await signInProtected(host, 'ada');
    await host.mfa.members.exempt(
      { userId: 'ada', organizationId: 'acme', actorId: 'bob' },
      { reason: 'travels', until: host.clock.now() + 86_400_000 },
    );
    const agent = await signIn(host, 'ada');
    expect((await agent.get('/')).status).toBe(200);
    const asked = await agent.get('/admin/mfa/acme');
    expect(asked.headers['location']).toBe('/mfa/step-up?returnTo=%2Fadmin%2Fmfa%2Facme');
    expect((await agent.getJson('/admin/mfa/acme/members.csv')).status).toBe(401);
    host.clock.advance(30_000);
    await stepUpWithApp(host, agent, secret);
    expect((await agent.get('/admin/mfa/acme')).status).toBe(200);
  });
});

describe('an administrator who signs in through a provider and has no password', () => {
  it('changes within ten minutes of signing in, and signs in anew after that', async () => {
    const host = createAdminHost();
    host.administrators.set('linus', ['globex']);
    const agent = await signInAtProvider(host, 'linus');
    const path = '/admin/mfa/globex/members/grace/unlock';
    expect((await agent.postJson(path)).status).toBe(200);
    host.clock.advance(600_000);
    expect((await agent.getJson('/admin/mfa/globex/members')).status).toBe(200);
    expect((await agent.postJson(path)).body).toMatchObject({ outcome: 'sign-in' });
    const again = await signInAtProvider(host, 'linus');
    expect((await again.postJson(path)).status).toBe(200);
  });
});
