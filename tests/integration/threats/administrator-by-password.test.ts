import {
  createAdminHost,
  enrollApp,
  HOST_PASSWORD,
  signIn,
  signInAtProvider,
  signInToChange,
} from '../../support/admin-host';
import type { AdminHost } from '../../support/admin-host';
import { adminRoutes } from '../../support/admin-routes';
import type { HttpAgent } from '../../support/http-agent';
import { totpCode } from '../../support/totp';

// The attack: an administrator whom something releases from a second factor loses the password. Whoever has it must not reach the
// members and the policy of an organization that has MFA on.

const routes = adminRoutes('alan');

async function sendJson(agent: HttpAgent, route: (typeof routes)[number]) {
  const path = `/admin/mfa/acme${route.path}`;
  return route.method === 'GET' ? agent.getJson(path) : agent.postJson(path, route.body);
}

interface Arrival {
  readonly host: AdminHost;
  readonly agent: HttpAgent;
}

/** Every way to administer Acme, which has MFA on, with nothing but a first factor. */
const ARRIVALS: readonly (readonly [string, () => Promise<Arrival>])[] = [
  ['is not asked at sign-in', () => arriveWith({ enrollment: 'assigned' })],
  ['may put it off', () => arriveWith({ enrollment: 'optional' })],
  ['has put it off', () => arriveWith({ enrollment: 'optional' }, skipEnrollment)],
  [
    'has put it off in a grace period',
    () => arriveWith({ enrollment: 'required', skips: 3 }, skipEnrollment),
  ],
  ['is exempt', arriveExempt],
  ['belongs to an organization with MFA off', arriveFromElsewhere],
  ['belongs to an organization without the feature', () => arriveFromElsewhere(['acme', 'globex'])],
  ['signs in by an identity provider', arriveFederated],
];

async function arriveWith(
  policy: Parameters<AdminHost['mfa']['policies']['save']>[1],
  then: (agent: HttpAgent) => Promise<void> = async () => undefined,
): Promise<Arrival> {
  const host = createAdminHost();
  await host.mfa.policies.save('acme', { enabled: true, ...policy });
  const agent = await signIn(host, 'ada');
  await then(agent);
  return { host, agent };
}

async function skipEnrollment(agent: HttpAgent): Promise<void> {
  expect((await agent.postJson('/mfa/enroll/skip')).body).toMatchObject({ outcome: 'skipped' });
}

async function arriveExempt(): Promise<Arrival> {
  const host = createAdminHost();
  await host.mfa.policies.save('acme', { enabled: true, enrollment: 'required' });
  await host.mfa.members.exempt(
    { userId: 'ada', organizationId: 'acme', actorId: 'bob' },
    { reason: 'travels', until: host.clock.now() + 86_400_000 },
  );
  return { host, agent: await signIn(host, 'ada') };
}

async function arriveFromElsewhere(available?: readonly string[]): Promise<Arrival> {
  const host =
    available === undefined
      ? createAdminHost()
      : createAdminHost({ featureAvailable: (id) => available.includes(id) });
  await host.mfa.policies.save('acme', { enabled: true, enrollment: 'required' });
  host.administrators.set('root', ['acme']);
  return { host, agent: await signIn(host, 'root') };
}

async function arriveFederated(): Promise<Arrival> {
  const host = createAdminHost();
  await host.mfa.policies.save('acme', { enabled: true, enrollment: 'required' });
  await host.mfa.policies.save('globex', { enabled: true, enrollment: 'required' });
  host.administrators.set('linus', ['acme']);
  return { host, agent: await signInAtProvider(host, 'linus') };
}

/** Gives the password again, where there is one. */
async function givePasswordAgain({ host, agent }: Arrival): Promise<void> {
  host.clock.advance(1000);
  await agent.postJson('/mfa/step-up', { password: HOST_PASSWORD });
}

// OWASP asks for MFA of every administrator, whatever else releases them from it.
describe.each(ARRIVALS)('an administrator without a factor who %s', (_how, arrive) => {
  it('is led to enrollment from every page and changes nothing, the password given again or not', async () => {
    const arrival = await arrive();
    const { host, agent } = arrival;
    for (const again of [false, true]) {
      if (again) await givePasswordAgain(arrival);
      for (const route of routes) {
        const answered = await sendJson(agent, route);
        expect({ path: route.path, status: answered.status, body: answered.body }).toMatchObject({
          status: 403,
          body: {
            outcome: 'enroll',
            because: 'required',
            next: expect.stringMatching(/^\/mfa\/enroll\?returnTo=/),
          },
        });
      }
      const chooser = await agent.get('/admin/mfa');
      expect(chooser.headers['location']).toBe('/mfa/enroll?returnTo=%2Fadmin%2Fmfa');
      const page = await agent.get('/admin/mfa/acme/members');
      expect(page.headers['location']).toBe('/mfa/enroll?returnTo=%2Fadmin%2Fmfa%2Facme%2Fmembers');
    }
    const form = await agent.post('/admin/mfa/acme/members/alan/end-sessions');
    expect(form.status).toBe(403);
    expect(form.text).toContain('/mfa/enroll?returnTo=');
    expect((await host.records.findPolicy('acme')).policy).toMatchObject({ enabled: true });
    expect((await host.records.findMember('alan', 'acme')).settings).toMatchObject({ exemption: null });
  });

  it('cannot put it off on the way there, sets it up, and then administers', async () => {
    const arrival = await arrive();
    const { host, agent } = arrival;
    const start = await agent.get('/mfa/enroll?returnTo=%2Fadmin%2Fmfa%2Facme');
    expect(start.status).toBe(200);
    expect(start.text).toContain('Administrators need a second step');
    expect(start.text).not.toContain('Skip for now');
    await givePasswordAgain(arrival);
    const secret = await enrollApp(host, agent);
    expect((await agent.get('/admin/mfa/acme/members')).status).toBe(200);
    expect((await agent.postJson('/admin/mfa/acme/members/alan/end-sessions')).status).toBe(200);
    host.clock.advance(600_000);
    expect((await agent.postJson('/admin/mfa/acme/members/alan/end-sessions')).status).toBe(401);
    const stepUp = '/mfa/step-up?returnTo=%2Fadmin%2Fmfa%2Facme';
    const { body } = await agent.getJson(stepUp);
    expect(body).toMatchObject({
      outcome: 'challenge',
      anyOf: [{ kind: 'totp' }, { kind: 'recovery-code' }],
    });
    const { anyOf } = body as { anyOf: { authenticatorId: string }[] };
    const code = totpCode(secret, host.clock.now());
    await agent.postJson(stepUp, { authenticatorId: anyOf[0]?.authenticatorId, code });
    expect((await agent.postJson('/admin/mfa/acme/members/alan/end-sessions')).status).toBe(200);
  });
});

describe('an administrator of two organizations, one of them with MFA off', () => {
  it('needs the password again there, not the factor, and does not go in circles', async () => {
    const host = createAdminHost();
    await host.mfa.policies.save('acme', { enabled: true });
    await host.mfa.policies.save('initech', { enabled: false });
    host.administrators.set('root', ['acme', 'initech']);
    const agent = await signIn(host, 'root');
    expect((await agent.get('/admin/mfa/initech')).status).toBe(200);
    await givePasswordAgain({ host, agent });
    expect((await agent.postJson('/admin/mfa/initech/members/ken/end-sessions')).status).toBe(200);
    expect((await agent.getJson('/admin/mfa/acme')).status).toBe(403);
    await enrollApp(host, agent);
    host.clock.advance(600_000);
    const asked = await agent.getJson('/mfa/step-up?returnTo=%2Fadmin%2Fmfa%2Finitech');
    expect(asked.body).toMatchObject({ outcome: 'challenge', password: true });
    await agent.postJson('/mfa/step-up?returnTo=%2Fadmin%2Fmfa%2Finitech', { password: HOST_PASSWORD });
    expect((await agent.postJson('/admin/mfa/initech/members/ken/end-sessions')).status).toBe(200);
    expect((await agent.postJson('/admin/mfa/acme/members/alan/end-sessions')).status).toBe(401);
  });

  it('finds no settings once they administer nothing with MFA on', async () => {
    const host = createAdminHost();
    await host.mfa.policies.save('acme', { enabled: true });
    host.administrators.set('root', ['acme', 'initech']);
    const agent = await signIn(host, 'root');
    expect((await agent.get('/mfa/settings')).status).toBe(200);
    host.administrators.set('root', ['initech']);
    expect((await agent.get('/mfa/settings')).status).toBe(404);
    expect((await agent.postJson('/mfa/enroll/totp')).status).toBe(404);
  });
});

describe('an administrator where MFA is off', () => {
  const path = '/admin/mfa/initech/members/ken/unlock';

  it('reads right after the login, and changes once the password is given again', async () => {
    const host = createAdminHost();
    const agent = await signIn(host, 'root');
    expect((await agent.get('/admin/mfa/initech/members')).status).toBe(200);
    expect((await agent.postJson(path)).body).toMatchObject({
      outcome: 'challenge',
      because: 'authentication-too-old',
      next: expect.stringMatching(/^\/mfa\/step-up\?returnTo=/),
    });
    await givePasswordAgain({ host, agent });
    expect((await agent.postJson(path)).status).toBe(200);
    host.clock.advance(599_000);
    expect((await agent.postJson(path)).status).toBe(200);
    host.clock.advance(1000);
    expect((await agent.postJson(path)).status).toBe(401);
  });

  it('needs a factor as soon as it is switched on', async () => {
    const host = createAdminHost();
    const agent = await signInToChange(host, 'root');
    const saved = await agent.postJson('/admin/mfa/initech/policy', {
      enabled: true,
      enrollment: 'assigned',
    });
    expect(saved.body).toMatchObject({ outcome: 'saved' });
    expect((await agent.postJson('/admin/mfa/initech/policy', { enabled: false })).body).toMatchObject({
      outcome: 'enroll',
    });
  });
});
