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

/** Sends a form, is led to the proof, and gives it: the page that asked for it, and the one that comes after it. */
async function sendAndProve(
  { host, agent, secret }: { host: AdminHost; agent: HttpAgent; secret: string },
  path: string,
  fields: Readonly<Record<string, unknown>> = {},
) {
  const asked = await sendForm(agent, path, fields);
  const { returnTo = '', authenticatorId = '' } = hiddenFields(asked.text, '/mfa/step-up');
  const code = totpCode(secret, host.clock.now());
  const proven = await agent.post('/mfa/step-up', { authenticatorId, code, returnTo });
  return { page: await agent.follow(proven), returnTo, asked };
}

/** The page that asks for the proof. */
async function sendForm(agent: HttpAgent, path: string, fields: Readonly<Record<string, unknown>>) {
  const refused = await agent.post(path, fields);
  expect([refused.status, refused.headers['location']]).toEqual([
    303,
    expect.stringMatching(/^\/mfa\/step-up\?returnTo=/),
  ]);
  return agent.follow(refused);
}

describe('an administrator whose proof is no longer fresh', () => {
  it('saves the policy with the proof, and names it', async () => {
    const world = await withStaleProof();
    const { host } = world;
    const version = String((await host.records.findPolicy('acme')).policy.version);
    const { page, asked } = await sendAndProve(world, `${ACME}/policy`, { ...form, version });
    expect(textOf(asked.text)).toContain('Confirm it’s you to save the policy of Acme Corp.');
    expect(textOf(page.text)).toContain('The policy is saved.');
    expect((await host.records.findPolicy('acme')).policy).toMatchObject({
      enrollment: 'required',
      skips: 3,
      backupPhone: true,
      methods: ['totp', 'email'],
      rememberBrowserSeconds: 30 * 86_400,
    });
  });

  it('sees what was refused beside its field, with what was filled in', async () => {
    const world = await withStaleProof();
    const version = String((await world.host.records.findPolicy('acme')).policy.version);
    const { page } = await sendAndProve(world, `${ACME}/policy`, { ...form, skips: 'many', version });
    expect([page.status, page.text.includes('value="2026-02-01"')]).toEqual([400, true]);
    expect(page.headers['content-security-policy']).toContain("form-action 'self'");
    expect((await world.host.records.findPolicy('acme')).policy.version).toBe(Number(version));
  });

  it('saves the session times', async () => {
    const world = await withStaleProof();
    const fields = {
      version: String((await world.host.records.findPolicy('acme')).policy.version),
      page: 'sessions',
      sessionDuration: '9',
      sessionDurationUnit: 'hours',
      idleTimeout: '',
      idleTimeoutUnit: 'days',
    };
    const { page } = await sendAndProve(world, `${ACME}/policy`, fields);
    expect(textOf(page.text)).toContain('The session times are saved.');
    expect((await world.host.records.findPolicy('acme')).policy.sessionDurationSeconds).toBe(9 * 3600);
  });

  it.each([
    [
      'settings',
      { whole: 'yes', enabled: 'on', assignedKind: 'email' },
      'change how Alan Turing signs in',
      { enabled: true, assignedKind: 'email' },
    ],
    [
      'exemption',
      { reason: 'Nightly export', until: '2026-09-01' },
      'exempt Alan Turing from multi-factor authentication',
      { exemption: expect.objectContaining({ reason: 'Nightly export', grantedBy: 'ada' }) },
    ],
    ['exemption/end', {}, 'end Alan Turing’s exemption', { exemption: null }],
    ['unlock', {}, 'unlock Alan Turing', {}],
  ])('does what was asked about a member with the proof: %s', async (act, fields, purpose, settings) => {
    const world = await withStaleProof();
    const { page, asked } = await sendAndProve(world, `${ACME}/members/alan/${act}`, fields);
    expect(textOf(asked.text)).toContain(`Confirm it’s you to ${purpose}.`);
    expect(page.status).toBe(200);
    expect(textOf(page.text)).not.toContain(AGAIN);
    expect((await world.host.records.findMember('alan', 'acme')).settings).toMatchObject(settings);
  });

  it.each([
    ['kept', { keepMine: 'yes' }, true],
    ['not kept', {}, false],
  ])('finds the button that signs everyone out, with the own session %s', async (_how, fields, checked) => {
    const world = await withStaleProof();
    const { host, agent } = world;
    const { page, asked } = await sendAndProve(world, `${ACME}/sessions/end-all`, fields);
    expect(textOf(asked.text)).toContain('Confirm it’s you to sign everyone at Acme Corp out.');
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
    ['reset', { reason: 'Lost the phone' }, /id="resetReason"[^>]*value="Lost the phone"/],
    ['end-sessions', {}, /<details class="act act-bad" open><summary[^>]*>End sessions/],
  ])('confirms after the proof what cannot be undone: %s', async (act, fields, shown) => {
    const world = await withStaleProof();
    const alan = `${ACME}/members/alan`;
    const before = await world.host.records.findMember('alan', 'acme');
    const { page, asked } = await sendAndProve(world, `${alan}/${act}`, fields);
    expect(textOf(asked.text)).toMatch(
      /Confirm it’s you to (reset|sign) Alan Turing(’s methods| out everywhere)\./,
    );
    expect(textOf(page.text)).toContain(AGAIN);
    expect(page.text).toMatch(shown);
    expect(await world.host.records.findMember('alan', 'acme')).toEqual(before);
    const done = await world.agent.post(`${alan}/${act}`, fields);
    expect(done.status).toBe(303);
    expect(textOf((await world.agent.follow(done)).text)).not.toContain(AGAIN);
  });

  it('goes back to the form with what was filled in, where the proof is not given', async () => {
    const { agent } = await withStaleProof();
    const asked = await sendForm(agent, `${ACME}/policy`, { ...form, version: '2' });
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
