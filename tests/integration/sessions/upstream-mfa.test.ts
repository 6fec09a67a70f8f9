import express from 'express';
import { startIdentityProvider, type IdentityProvider } from '../../support/identity-provider';
import { plantApp } from '../../support/planted';
import { openSessionHost, type SessionHost, type SessionUser } from '../../support/session-host';
import { storeKinds } from '../../support/store-kinds';
import { totpCode } from '../../support/totp';

const MFA = 'urn:example:mfa';
const RULE = { acr: [MFA], amr: ['mfa'], maxAgeSeconds: 600 };

/** A host whose callback hands over the claims of an ID token that it has verified. */
function openHost({ records, state }: Pick<SessionHost, 'records' | 'state'>): SessionHost {
  const upstreamMfa = { idp: RULE };
  return openSessionHost({
    records,
    state,
    sessions: 'ours',
    mfa: { upstreamMfa, defaultPolicy: { enabled: true, enrollment: 'required' } },
    addRoutes({ app, mfa, users }) {
      app.post('/callback/:id', express.json(), (req, res, next) => {
        req.login(users.get(req.params.id) as SessionUser, (error) => {
          if (error) return next(error);
          mfa.recordFirstFactor(req, { upstream: req.body }).then(() => res.json({ done: true }), next);
        });
      });
      app.get('/payouts', mfa.requireStepUp({ maxAgeSeconds: 300 }), (_req, res) => {
        res.json({ paid: true });
      });
    },
  });
}

describe.each(storeKinds)("an identity provider's second factor, on $kind", ({ open }) => {
  const { close, ...stores } = open();
  const host = openHost(stores);
  let provider: IdentityProvider;
  let user: SessionUser;
  let secret: string;
  beforeAll(async () => {
    provider = await startIdentityProvider();
  });
  afterAll(async () => {
    provider.stop();
    await host.mfa.close();
    close();
  });
  beforeEach(async () => {
    user = host.addUser();
    ({ secret } = await plantApp(host, user.id));
  });

  const seconds = () => Math.floor(host.clock.now() / 1000);

  /** Signs in at the provider, then at the host with what its ID token says. */
  async function comeBack(login: { acr?: string; amr?: readonly string[]; ts?: number }, name = 'idp') {
    const claims = await provider.signIn({ accountId: user.id, ts: seconds(), ...login });
    expect(claims.sub).toBe(user.id);
    const { acr, amr, auth_time: authTime } = claims;
    const agent = host.visit();
    const body = { provider: name, acr, amr, authTime };
    expect((await agent.send(`/callback/${user.id}`, body)).status).toBe(200);
    return agent;
  }

  it.each([
    ['by its amr', { amr: ['pwd', 'otp', 'mfa'] }],
    ['by its acr', { acr: MFA }],
  ])('is enough to sign in: %s', async (_by, login) => {
    const agent = await comeBack(login);
    expect((await agent.getJson('/inside')).body).toEqual({ inside: user.id });
    await host.mfa.settled();
    const { events } = await host.records.listEvents({ organizationId: user.organizationId, limit: 10 });
    expect(events.find(({ name }) => name === 'proof-accepted')?.details).toEqual({
      kind: 'upstream',
      purpose: 'login',
      provider: 'idp',
    });
  });

  it.each<[string, { readonly amr?: readonly string[]; readonly ts?: number }]>([
    ['only a password was given there', { amr: ['pwd'] }],
    ['nothing is said of it', {}],
    ['it is too old', { amr: ['mfa'], ts: -RULE.maxAgeSeconds }],
    ['it lies in the future', { amr: ['mfa'], ts: 3600 }],
  ])('is not enough where %s', async (_why, { ts = 0, ...login }) => {
    const agent = await comeBack({ ...login, ts: seconds() + ts });
    expect((await agent.getJson('/inside')).body).toMatchObject({
      outcome: 'challenge',
      because: 'assurance-too-low',
    });
  });

  it('is not enough where no rule names the provider', async () => {
    const agent = await comeBack({ amr: ['mfa'] }, 'another');
    expect((await agent.getJson('/inside')).body).toMatchObject({ outcome: 'challenge' });
  });

  it('is never enough for a step-up', async () => {
    const agent = await comeBack({ amr: ['mfa'] });
    const refused = await agent.getJson('/payouts');
    expect([refused.status, refused.body]).toEqual([
      401,
      { outcome: 'challenge', because: 'authentication-too-old', next: expect.any(String) },
    ]);
    await agent.postJson('/mfa/step-up', { code: totpCode(secret, host.clock.now()) });
    expect((await agent.getJson('/payouts')).body).toEqual({ paid: true });
  });

  it('never binds another factor, and removes none', async () => {
    const agent = await comeBack({ amr: ['mfa'] });
    expect((await agent.postJson('/mfa/enroll/totp')).body).toMatchObject({ outcome: 'challenge' });
    const { body } = await agent.getJson('/mfa/state');
    const { authenticators } = body as { authenticators: { id: string }[] };
    const removal = `/mfa/settings/authenticators/${authenticators[0]?.id}/remove`;
    expect((await agent.postJson(removal)).body).toMatchObject({ outcome: 'challenge' });
  });

  it('counts in that session only', async () => {
    const agent = await comeBack({ amr: ['mfa'] });
    expect((await agent.getJson('/inside')).status).toBe(200);
    const other = host.visit();
    await other.send(`/in/${user.id}`);
    expect((await other.getJson('/inside')).body).toMatchObject({ outcome: 'challenge' });
    await agent.send(`/in/${user.id}`);
    expect((await agent.getJson('/inside')).body).toMatchObject({ outcome: 'challenge' });
  });

  it('does not count in another organization', async () => {
    const agent = await comeBack({ amr: ['mfa'] });
    expect((await agent.getJson('/inside')).status).toBe(200);
    host.users.set(user.id, { ...user, organizationId: 'another' });
    expect((await agent.getJson('/inside')).body).toMatchObject({ outcome: 'challenge' });
  });

  it('spares a person without a factor the required enrollment', async () => {
    user = host.addUser();
    const agent = await comeBack({ amr: ['mfa'] });
    expect((await agent.getJson('/inside')).body).toEqual({ inside: user.id });
    const plain = await comeBack({ amr: ['pwd'] });
    expect((await plain.getJson('/inside')).body).toMatchObject({ outcome: 'enroll', because: 'required' });
  });
});
