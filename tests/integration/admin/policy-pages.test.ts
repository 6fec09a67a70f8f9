import { defaultPolicy } from '../../../src/core/policy/policy';
import {
  createAdminHost,
  signIn,
  signInProtected,
  signInToChange,
  signInWithPlantedApp,
  stepUpWithApp,
  type AdminHost,
} from '../../support/admin-host';
import type { HttpAgent } from '../../support/http-agent';
import { textOf } from '../../support/page-text';

const POLICY = '/admin/mfa/acme/policy';

/** What a browser sends from the form. */
const form = {
  whole: 'yes',
  enabled: 'on',
  enrollment: 'required',
  methods: ['', 'totp', 'email'],
  graceUntil: '2026-02-01',
  skips: '3',
  backupPhone: 'on',
  smsFallback: 'on',
  rememberBrowser: '30',
  rememberBrowserUnit: 'days',
  sessionDuration: '12',
  sessionDurationUnit: 'hours',
  idleTimeout: '20',
  idleTimeoutUnit: 'minutes',
};

const saved = {
  enabled: true,
  enrollment: 'required',
  methods: ['totp', 'email'],
  graceUntil: Date.UTC(2026, 1, 1),
  skips: 3,
  enrollAtSignUp: false,
  backupPhone: true,
  challengeFederated: false,
  smsFallback: true,
  newBrowserNotice: false,
  rememberBrowserSeconds: 2_592_000,
  sessionDurationSeconds: 43_200,
  idleTimeoutSeconds: 1200,
};

describe('the policy page', () => {
  let host: AdminHost;
  let agent: HttpAgent;
  let secret: string;

  beforeAll(async () => {
    host = createAdminHost();
    ({ agent, secret } = await signInProtected(host, 'ada'));
  });

  beforeEach(async () => {
    const { organizationId: _organizationId, version: _version, ...rules } = defaultPolicy('acme');
    await host.mfa.policies.save('acme', { ...rules, methods: ['totp', 'sms', 'email'], enabled: true });
  });

  const versionOf = async () => (await stored()).version;

  const stored = async () => (await host.records.findPolicy('acme')).policy;

  it('saves everything that the form says, and says so', async () => {
    const page = await agent.get(POLICY);
    const version = /name="version" value="(\d+)"/.exec(page.text)?.[1];
    const answered = await agent.post(POLICY, { ...form, version });
    expect(answered.status).toBe(303);
    expect(await stored()).toMatchObject(saved);
    const after = await agent.follow(answered);
    expect(after.text).toContain('The policy is saved.');
    expect(after.text).toContain('value="2026-02-01"');
  });

  it('warns about clients that cannot prompt where MFA is switched on, and only there', async () => {
    expect((await agent.get(POLICY)).text).not.toContain('separate integration account');
    await host.mfa.policies.save('acme', { enabled: false });
    expect((await agent.get(POLICY)).text).toContain('separate integration account');
  });

  it('shows the warning of the host', async () => {
    const own = createAdminHost({ admin: { clientWarning: 'The <b>scanner</b> cannot prompt.' } });
    const page = await (await signIn(own, 'ada')).get(POLICY);
    expect(page.text).toContain('The &lt;b&gt;scanner&lt;/b&gt; cannot prompt.');
  });

  it('previews without saving, and keeps what was typed', async () => {
    const before = await stored();
    const version = String(before.version);
    const shown = await agent.post(`${POLICY}/preview`, { ...form, version, graceUntil: '', skips: '' });
    expect(shown.status).toBe(200);
    expect(shown.text).toContain('If you save this now');
    const text = textOf(shown.text);
    expect(text).toContain('Must set up a method at the next page See who : Must set up');
    expect(text).toMatch(/Alan Turing.* 0 4 .*Not asked 4 0/);
    expect(text).toContain('you use your second step');
    expect(shown.text).toMatch(/name="sessionDuration"[^>]*value="12"/);
    expect(await stored()).toEqual(before);
    const json = await agent.postJson(`${POLICY}/preview`, { enabled: true, enrollment: 'required' });
    expect(json.body).toMatchObject({ outcome: 'previewed', basis: 'all', members: 5, you: 'proves' });
    expect(await stored()).toEqual(before);
  });

  it('tells the second of two administrators, shows both versions, and overwrites nothing', async () => {
    const { agent: other } = await signInWithPlantedApp(host, 'bob');
    const version = await versionOf();
    expect((await other.postJson(POLICY, { enrollment: 'optional', version })).status).toBe(200);
    const first = await stored();
    const answered = await agent.post(POLICY, { ...form, version: String(version) });
    expect(answered.status).toBe(409);
    expect(answered.text).toContain('Somebody else saved the policy');
    expect(answered.text).toMatch(/Optional<\/td>.*Required<\/td>/s);
    expect(await stored()).toEqual(first);
    const json = await agent.postJson(POLICY, { enrollment: 'required', version });
    expect(json.status).toBe(409);
    expect(json.body).toMatchObject({
      because: 'policy-changed-meanwhile',
      current: { version: first.version, enrollment: 'optional' },
    });
    const resent = Object.fromEntries(
      [...answered.text.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)">/g)].map(
        ([, name, value]) => [name, value],
      ),
    );
    const overwritten = await agent.post(POLICY, resent);
    expect(overwritten.status).toBe(303);
    expect(await stored()).toMatchObject({ ...saved, version: first.version + 1 });
  });

  it('lets exactly one of two that save at once win', async () => {
    const { agent: other } = await signInWithPlantedApp(host, 'bob');
    await Promise.all([agent.csrfToken(), other.csrfToken()]);
    const version = await versionOf();
    const answers = await Promise.all([
      agent.postJson(POLICY, { skips: 5, version }),
      other.postJson(POLICY, { skips: 7, version }),
    ]);
    expect(answers.map(({ status }) => status)).toEqual(expect.arrayContaining([200, 409]));
    expect(await versionOf()).toBe(version + 1);
  });

  it.each([
    [{ graceUntil: '2026-01-15' }, 'graceUntil', 'date-in-past'],
    [{ graceUntil: 'soon' }, 'graceUntil', 'malformed'],
    [{ sessionDurationSeconds: 0 }, 'sessionDurationSeconds', 'too-small'],
    [{ sessionDurationSeconds: -1 }, 'sessionDurationSeconds', 'too-small'],
    [{ sessionDurationSeconds: 1e12 }, 'sessionDurationSeconds', 'too-large'],
    [{ sessionDurationSeconds: '1d;' }, 'sessionDurationSeconds', 'malformed'],
    [{ idleTimeoutSeconds: 99_999_999 }, 'idleTimeoutSeconds', 'too-large'],
    [{ skips: 101 }, 'skips', 'too-large'],
    [{ rememberBrowserSeconds: 91 * 86_400 }, 'rememberBrowserSeconds', 'too-large'],
    [{ enabled: true, methods: [] }, 'methods', 'no-method'],
    [{ enabled: true, methods: 'sms' }, 'methods', 'sms-alone'],
    [{ enrollment: '<script>alert(1)</script>' }, 'enrollment', 'malformed'],
    [{ version: 'first' }, 'version', 'malformed'],
  ])('refuses %j and changes nothing', async (body, field, because) => {
    const before = await stored();
    const json = await agent.postJson(POLICY, body);
    expect(json.status).toBe(400);
    expect(json.body).toMatchObject({ outcome: 'rejected', field, because, message: expect.any(String) });
    const typed = Object.fromEntries(
      Object.entries(body).map(([name, value]) => [name, Array.isArray(value) ? '' : value]),
    );
    const page = await agent.post(POLICY, { version: before.version, ...typed, whole: 'yes' });
    expect(page.status).toBe(400);
    expect(page.text).toContain('role="alert"');
    expect(page.text).not.toContain('<script>alert');
    expect(await stored()).toEqual(before);
  });

  it('saves the session times alone from the sessions page', async () => {
    const page = await agent.get('/admin/mfa/acme/sessions');
    const version = /name="version" value="(\d+)"/.exec(page.text)?.[1];
    const sent = {
      page: 'sessions',
      version,
      sessionDuration: '7',
      sessionDurationUnit: 'days',
      idleTimeout: '',
    };
    const answered = await agent.post(POLICY, sent);
    expect(answered.headers['location']).toBe('/admin/mfa/acme/sessions?done=duration');
    expect(await stored()).toMatchObject({ enabled: true, sessionDurationSeconds: 604_800 });
    const refused = await agent.post(POLICY, { ...sent, version: '', sessionDuration: '5000' });
    expect(refused.status).toBe(400);
    expect(refused.text).toContain('How long a session lasts');
  });

  it('does not switch off by the way: that has a page of its own and wants the password again', async () => {
    host.clock.advance(601_000);
    await stepUpWithApp(host, agent, secret);
    const answered = await agent.postJson(POLICY, { enabled: false });
    expect(answered.status).toBe(401);
    expect(answered.body).toMatchObject({ because: 'password-needed', next: '/admin/mfa/acme/disable' });
    expect((await stored()).enabled).toBe(true);
  });
});

describe('a policy that would lock the administrator out', () => {
  it('is refused with the way out', async () => {
    const host = createAdminHost();
    const { email: _email, ...ada } = host.users.get('ada') ?? {
      id: 'ada',
      name: 'Ada',
      organizationId: 'acme',
    };
    host.users.set('ada', ada);
    const agent = await signInToChange(host, 'ada');
    const change = { enabled: true, enrollment: 'required', methods: ['email'] };
    const json = await agent.postJson(POLICY, change);
    expect(json.status).toBe(409);
    expect(json.body).toMatchObject({
      outcome: 'rejected',
      because: 'would-lock-you-out',
      next: expect.any(String),
    });
    const page = await agent.post(POLICY, {
      ...change,
      whole: 'yes',
      version: '0',
      sessionDuration: '90',
      sessionDurationUnit: 'days',
    });
    expect(page.status).toBe(409);
    expect(page.text).toContain('this would lock you out');
    expect((await host.records.findPolicy('acme')).policy.version).toBe(0);
  });
});
