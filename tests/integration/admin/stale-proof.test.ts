import { createAdminHost, enrollApp, HOST_PASSWORD, signInProtected } from '../../support/admin-host';
import type { AdminHost } from '../../support/admin-host';
import type { HttpAgent } from '../../support/http-agent';
import { hiddenFields, textOf } from '../../support/page-text';
import { totpCode } from '../../support/totp';

const ACME = '/admin/mfa/acme';
const AGAIN = 'Nothing was changed yet. Choose it again to confirm.';

/** What a browser sends from the form of the policy. */
const form = {
  whole: 'yes',
  enabled: 'on',
  enrollment: 'required',
  methods: ['', 'totp', 'email'],
  graceUntil: '2026-02-01',
  skips: '3',
  backupPhone: 'on',
  rememberBrowser: '30',
  rememberBrowserUnit: 'days',
  sessionDuration: '12',
  sessionDurationUnit: 'hours',
  idleTimeout: '20',
  idleTimeoutUnit: 'minutes',
};

async function withStaleProof() {
  const host = createAdminHost();
  const { agent, secret } = await signInProtected(host, 'ada');
  host.clock.advance(11 * 60_000);
  return { host, agent, secret };
}

/** Sends a form, is asked for a proof, and gives it: the page that comes after it. */
async function sendAndProve(
  { host, agent, secret }: { host: AdminHost; agent: HttpAgent; secret: string },
  path: string,
  fields: Readonly<Record<string, unknown>> = {},
) {
  const refused = await agent.post(path, fields);
  expect(refused.status).toBe(401);
  expect(textOf(refused.text)).toContain('Nothing was changed yet.');
  const stepUp = /href="(\/mfa\/step-up\?[^"]+)"/.exec(refused.text)?.[1] ?? '';
  const asked = await agent.get(stepUp);
  const { returnTo = '', authenticatorId = '' } = hiddenFields(asked.text, '/mfa/step-up');
  const code = totpCode(secret, host.clock.now());
  const proven = await agent.post('/mfa/step-up', { authenticatorId, code, returnTo });
  expect([proven.status, proven.headers['location']]).toEqual([303, returnTo]);
  return { page: await agent.follow(proven), returnTo, asked };
}

describe('an administrator whose proof is no longer fresh', () => {
  it('finds the policy as it was filled in, and saves it with one more click', async () => {
    const world = await withStaleProof();
    const { host, agent } = world;
    const before = (await host.records.findPolicy('acme')).policy;
    const version = String(before.version);
    const { page } = await sendAndProve(world, `${ACME}/policy`, { ...form, version });
    expect(textOf(page.text)).toContain(AGAIN);
    expect((await host.records.findPolicy('acme')).policy).toEqual(before);
    expect(page.text).toMatch(/id="enrollment-required"[^>]* checked/);
    expect(page.text).toMatch(/id="method-totp"[^>]* checked/);
    expect(page.text).not.toMatch(/id="method-sms"[^>]* checked/);
    expect(page.text).toMatch(/id="backupPhone"[^>]* checked/);
    for (const value of ['2026-02-01', '3', '30', '12', '20'])
      expect(page.text).toContain(`value="${value}"`);
    expect(page.text).toContain(`name="version" value="${version}"`);
    const saved = await agent.post(`${ACME}/policy`, { ...form, version });
    expect(textOf((await agent.follow(saved)).text)).toContain('The policy is saved.');
    expect((await host.records.findPolicy('acme')).policy).toMatchObject({
      enrollment: 'required',
      skips: 3,
    });
  });

  it('overwrites nobody who saved the policy meanwhile', async () => {
    const world = await withStaleProof();
    const { host, agent } = world;
    const version = String((await host.records.findPolicy('acme')).policy.version);
    const { page } = await sendAndProve(world, `${ACME}/policy`, { ...form, version });
    await host.mfa.policies.save('acme', { skips: 7 });
    expect(page.text).toContain(`name="version" value="${version}"`);
    expect((await agent.post(`${ACME}/policy`, { ...form, version })).status).toBe(409);
    const again = await agent.get(`${ACME}/policy`);
    expect(textOf(again.text)).not.toContain(AGAIN);
    expect(again.text).toContain('value="7"');
  });

  it('finds the session times, with what was typed', async () => {
    const world = await withStaleProof();
    const fields = {
      version: '2',
      page: 'sessions',
      sessionDuration: '9',
      sessionDurationUnit: 'hours',
      idleTimeout: '',
      idleTimeoutUnit: 'days',
    };
    const { page, returnTo } = await sendAndProve(world, `${ACME}/policy`, fields);
    expect(returnTo).toContain(`${ACME}/sessions?`);
    expect(textOf(page.text)).toContain(AGAIN);
    expect(page.text).toMatch(/name="sessionDuration"[^>]*value="9"/);
  });

  it.each([
    ['kept', { keepMine: 'yes' }, true],
    ['not kept', {}, false],
  ])('finds the button that signs everyone out, with the own session %s', async (_how, fields, checked) => {
    const world = await withStaleProof();
    const { host, agent } = world;
    const { page, asked } = await sendAndProve(world, `${ACME}/sessions/end-all`, fields);
    expect(textOf(asked.text)).toContain('Confirm it’s you to make changes as an administrator');
    expect(textOf(page.text)).toContain(AGAIN);
    expect(page.text).toContain('<details class="act act-bad" open>');
    expect(page.text.includes('name="keepMine" value="yes" checked')).toBe(checked);
    expect(await host.mfa.sessionsOf('ada').list()).toHaveLength(1);
    expect((await agent.get('/')).status).toBe(200);
    const ended = await agent.post(`${ACME}/sessions/end-all`, { keepMine: 'yes' });
    expect(textOf((await agent.follow(ended)).text)).toContain(
      'Every session of this organization has ended',
    );
  });

  it.each([
    ['settings', { whole: 'yes', enabled: 'on', assignedKind: 'email' }, /value="email" selected/],
    ['exemption', { reason: 'Nightly export', until: '2026-09-01' }, /value="Nightly export"/],
    ['reset', { reason: 'Lost the phone' }, /id="resetReason"[^>]*value="Lost the phone"/],
    ['end-sessions', {}, /<details class="act act-bad" open><summary[^>]*>End sessions/],
  ])('finds what was filled in about a member: %s', async (act, fields, shown) => {
    const world = await withStaleProof();
    const alan = `${ACME}/members/alan`;
    const before = await world.host.records.findMember('alan', 'acme');
    const { page } = await sendAndProve(world, `${alan}/${act}`, fields);
    expect(textOf(page.text)).toContain(AGAIN);
    expect(page.text).toMatch(shown);
    expect(await world.host.records.findMember('alan', 'acme')).toEqual(before);
    const done = await world.agent.post(`${alan}/${act}`, fields);
    expect(done.status).toBe(303);
    expect(textOf((await world.agent.follow(done)).text)).not.toContain(AGAIN);
  });

  it('goes back to the form with what was filled in, where the proof is not given', async () => {
    const { agent } = await withStaleProof();
    const refused = await agent.post(`${ACME}/policy`, { ...form, version: '2' });
    const stepUp = /href="(\/mfa\/step-up\?[^"]+)"/.exec(refused.text)?.[1] ?? '';
    const asked = await agent.get(stepUp);
    const cancel = /<p class="cancel"><a href="([^"]+)"/.exec(asked.text)?.[1] ?? '';
    const page = await agent.get(cancel);
    expect(textOf(page.text)).toContain(AGAIN);
    expect(textOf(page.text)).toContain('confirm it’s you first');
    expect(page.text).toContain('value="2026-02-01"');
  });

  it('finds nothing by a word that was made up, in another session, and after ten minutes', async () => {
    const world = await withStaleProof();
    const { returnTo } = await sendAndProve(world, `${ACME}/sessions/end-all`);
    expect(textOf((await world.agent.get(`${ACME}/sessions?kept=x`)).text)).not.toContain(AGAIN);
    expect(textOf((await world.agent.get(returnTo)).text)).toContain(AGAIN);
    const { agent } = await signInProtected(world.host, 'bob');
    expect(textOf((await agent.get(returnTo)).text)).not.toContain(AGAIN);
    world.host.clock.advance(600_000);
    expect(textOf((await world.agent.get(returnTo)).text)).not.toContain(AGAIN);
  });

  it('finds nothing on the page of another member or organization', async () => {
    const world = await withStaleProof();
    const reason = 'Lost the phone';
    const { page, returnTo } = await sendAndProve(world, `${ACME}/members/alan/reset`, { reason });
    expect(page.text).toContain(reason);
    const mark = returnTo.slice(returnTo.indexOf('?'));
    for (const path of [`${ACME}/members/mary`, '/admin/mfa/globex/members/grace', `${ACME}/sessions`]) {
      const other = await world.agent.get(path + mark);
      expect(other.status).toBe(200);
      expect(other.text).not.toContain(reason);
      expect(textOf(other.text)).not.toContain(AGAIN);
    }
  });

  it('leaves no proof to a person whom the host signs in over the same session', async () => {
    const world = await withStaleProof();
    const { host, agent } = world;
    host.app.post('/become-bob', (req, res, next) => {
      const bob = host.users.get('bob') as Express.User;
      req.logIn(bob, { session: true, keepSessionInfo: true }, (error) =>
        error ? next(error) : res.json({}),
      );
    });
    const reason = 'Lost the phone';
    const { returnTo } = await sendAndProve(world, `${ACME}/members/alan/reset`, { reason });
    await agent.post('/become-bob');
    await agent.getJson('/mfa/state');
    host.clock.advance(1000);
    await agent.postJson('/mfa/step-up', { password: HOST_PASSWORD });
    await enrollApp(host, agent);
    const page = await agent.get(returnTo);
    expect([page.status, page.text.includes('Alan Turing')]).toEqual([200, true]);
    expect(page.text).not.toContain(reason);
  });

  it('is told the same as ever in JSON', async () => {
    const { agent } = await withStaleProof();
    expect((await agent.postJson(`${ACME}/sessions/end-all`)).body).toEqual({
      outcome: 'challenge',
      because: 'authentication-too-old',
      next: `/mfa/step-up?${new URLSearchParams({ returnTo: `${ACME}/sessions` }).toString()}`,
    });
  });
});
