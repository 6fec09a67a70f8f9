import { HOST_PASSWORD, createAdminHost, signIn, type AdminHost } from '../../support/admin-host';
import type { HttpAgent } from '../../support/http-agent';
import { pressToken } from '../../support/invented-factor';
import { textOf } from '../../support/page-text';
import { plantApp } from '../../support/planted';
import { totpCode } from '../../support/totp';

// The invented token of the tests, as one that resists phishing.
jest.mock('../../../src/factors/registry', () => {
  const { FACTORS } = jest.requireActual('../../../src/factors/registry');
  const { inventedFactor } = jest.requireActual('../../support/invented-factor');
  const traits = { ...inventedFactor.traits, phishingResistant: true };
  return { FACTORS: [{ ...inventedFactor, traits }, ...FACTORS] };
});

const ACME = '/admin/mfa/acme';
const STRONG = {
  enabled: true,
  enrollment: 'required',
  methods: ['token', 'totp', 'email'],
  strength: 'phishing-resistant',
} as const;

let host: AdminHost;

beforeEach(() => {
  host = createAdminHost();
  host.app.get(
    '/wire',
    host.mfa.requireStepUp({ maxAgeSeconds: 300, strength: 'phishing-resistant' }),
    (_, res) => {
      res.json({ outcome: 'wired' });
    },
  );
});

afterEach(async () => {
  await host.mfa.close();
  expect(host.errors).toEqual([]);
});

interface Token {
  /** Answers the number that a page shows. */
  readonly answer: (agent: HttpAgent, path: '/mfa/challenge' | '/mfa/step-up') => Promise<object>;
  readonly recoveryCodes: readonly string[];
}

async function enrollToken(agent: HttpAgent): Promise<Token> {
  const started = await agent.postJson('/mfa/enroll/token');
  expect(started.body).toMatchObject({ outcome: 'enrollment-started' });
  const { secret } = started.body.token;
  let presses = 0;
  const press = (number: string) => pressToken(secret, (presses += 1), number);
  const enrolled = await agent.postJson('/mfa/enroll/token/confirm', { response: press('0') });
  expect(enrolled.body).toMatchObject({ outcome: 'enrolled' });
  const answer: Token['answer'] = async (asked, path) => {
    const { token } = (await asked.getJson(path)).body;
    return { response: press(token.number) };
  };
  return { answer, recoveryCodes: enrolled.body.recoveryCodes ?? [] };
}

const kindsOf = ({ body }: { readonly body: { readonly anyOf: readonly { readonly kind: string }[] } }) =>
  body.anyOf.map(({ kind }) => kind);

describe('an organization that takes only phishing-resistant methods', () => {
  it('leads a person with an app from its code to a first token', async () => {
    await host.mfa.policies.save('acme', STRONG);
    const { secret } = await plantApp(host, 'alan');
    const alan = await signIn(host, 'alan');
    expect((await alan.postJson('/mfa/enroll/token')).status).toBe(401);
    const proven = await alan.postJson('/mfa/challenge', { code: totpCode(secret, host.clock.now()) });
    expect(proven.body).toMatchObject({
      outcome: 'enroll',
      because: 'required',
      anyOf: ['token'],
      skippable: false,
    });
    expect((await alan.getJson('/')).status).toBe(401);
    expect(textOf((await alan.get('/mfa/enroll')).text)).toContain('requires a method that resists phishing');
    expect((await alan.postJson('/mfa/enroll/totp')).body).toMatchObject({ because: 'method-not-offered' });
    await enrollToken(alan);
    expect((await alan.getJson('/mfa/state')).body).toMatchObject({
      signedIn: true,
      decision: { outcome: 'allow' },
    });
  });

  it('asks for the token alone from then on, and takes no code of the app', async () => {
    await host.mfa.policies.save('acme', STRONG);
    const alan = await signIn(host, 'alan');
    const { answer } = await enrollToken(alan);
    const { secret } = await plantApp(host, 'alan');
    const again = await signIn(host, 'alan');
    expect(kindsOf(await again.getJson('/mfa/challenge'))).toEqual(['token', 'recovery-code']);
    const [app] = (await host.records.findMember('alan', 'acme')).authenticators.filter(
      ({ kind }) => kind === 'totp',
    );
    const chosen = await again.postJson('/mfa/challenge/factor', { authenticatorId: app?.id });
    expect(chosen.body).toMatchObject({ because: 'no-authenticator' });
    const wrong = await again.postJson('/mfa/challenge', { code: totpCode(secret, host.clock.now()) });
    expect(wrong.body).toMatchObject({ outcome: 'rejected' });
    expect(
      (await again.postJson('/mfa/challenge', await answer(again, '/mfa/challenge'))).body,
    ).toMatchObject({
      outcome: 'signed-in',
    });
  });

  it('does not complete a login by a code that was asked for before the policy became stricter', async () => {
    await host.mfa.policies.save('acme', { ...STRONG, strength: 'any' });
    await enrollToken(await signIn(host, 'alan'));
    const { id, secret } = await plantApp(host, 'alan');
    const again = await signIn(host, 'alan');
    await again.postJson('/mfa/challenge/factor', { authenticatorId: id });
    await host.mfa.policies.save('acme', STRONG);
    const proven = await again.postJson('/mfa/challenge', { code: totpCode(secret, host.clock.now()) });
    expect(proven.body).toMatchObject({ outcome: 'rejected', because: 'challenge-expired' });
    expect(kindsOf(await again.getJson('/mfa/challenge'))).toEqual(['token', 'recovery-code']);
    expect((await again.getJson('/mfa/state')).body).toMatchObject({ signedIn: false });
    expect((await again.getJson('/')).status).toBe(401);
  });

  it('asks an open session that was proven by an app, from its next request', async () => {
    await host.mfa.policies.save('acme', { ...STRONG, strength: 'any' });
    const { secret } = await plantApp(host, 'alan');
    const alan = await signIn(host, 'alan');
    await alan.postJson('/mfa/challenge', { code: totpCode(secret, host.clock.now()) });
    expect((await alan.getJson('/')).status).toBe(200);
    await host.mfa.policies.save('acme', { strength: 'phishing-resistant' });
    expect((await alan.getJson('/')).body).toMatchObject({ outcome: 'enroll', because: 'required' });
  });

  it('takes a recovery code to set up another token, and for nothing else', async () => {
    await host.mfa.policies.save('acme', STRONG);
    const { recoveryCodes } = await enrollToken(await signIn(host, 'alan'));
    const alan = await signIn(host, 'alan');
    const { authenticatorId } = (await alan.getJson('/mfa/challenge')).body.anyOf[1];
    await alan.postJson('/mfa/challenge/factor', { authenticatorId });
    const proven = await alan.postJson('/mfa/challenge', { code: recoveryCodes[0] });
    expect(proven.body).toMatchObject({ outcome: 'enroll', anyOf: ['token'], skippable: false });
    expect((await alan.getJson('/')).status).toBe(401);
    expect((await alan.postJson('/mfa/enroll/totp')).body).toMatchObject({ because: 'method-not-offered' });
    await enrollToken(alan);
    expect((await alan.getJson('/')).status).toBe(200);
    expect(host.outbox.messages.map(({ text }) => text).join('\n')).toContain('recovery code');
  });

  it('remembers no browser, and forgets those that were remembered', async () => {
    await host.mfa.policies.save('acme', { ...STRONG, strength: 'any', rememberBrowserSeconds: 86_400 });
    const alan = await signIn(host, 'alan');
    const { answer } = await enrollToken(alan);
    const login = () => alan.postJson('/mfa/login', { username: 'alan', password: HOST_PASSWORD });
    await alan.postJson('/mfa/logout');
    await login();
    await alan.postJson('/mfa/challenge', {
      ...(await answer(alan, '/mfa/challenge')),
      rememberBrowser: true,
    });
    await alan.postJson('/mfa/logout');
    expect((await login()).body).toMatchObject({ outcome: 'signed-in' });
    await host.mfa.policies.save('acme', { strength: 'phishing-resistant' });
    // The session that the browser opened is asked at once.
    expect((await alan.getJson('/')).body).toMatchObject({ outcome: 'challenge' });
    await alan.postJson('/mfa/logout');
    expect((await login()).body).toMatchObject({ outcome: 'challenge' });
    expect((await alan.get('/mfa/challenge')).text).not.toContain('rememberBrowser');
    await alan.postJson('/mfa/challenge', {
      ...(await answer(alan, '/mfa/challenge')),
      rememberBrowser: true,
    });
    await alan.postJson('/mfa/logout');
    await host.mfa.policies.save('acme', { strength: 'any' });
    expect((await login()).body).toMatchObject({ outcome: 'challenge' });
  });

  it('lets people put the token off where enrollment is optional', async () => {
    await host.mfa.policies.save('acme', { ...STRONG, enrollment: 'optional' });
    const { secret } = await plantApp(host, 'alan');
    const alan = await signIn(host, 'alan');
    const proven = await alan.postJson('/mfa/challenge', { code: totpCode(secret, host.clock.now()) });
    expect(proven.body).toMatchObject({ outcome: 'enroll', because: 'offered', skippable: true });
    expect((await alan.getJson('/')).body).toMatchObject({ outcome: 'enroll', because: 'offered' });
    expect((await alan.postJson('/mfa/enroll/skip')).body).toMatchObject({ outcome: 'skipped' });
    expect((await alan.getJson('/')).status).toBe(200);
  });

  it('keeps the last token', async () => {
    await host.mfa.policies.save('acme', STRONG);
    const alan = await signIn(host, 'alan');
    await enrollToken(alan);
    await plantApp(host, 'alan');
    const { authenticators } = (await alan.getJson('/mfa/settings')).body;
    const token = authenticators.find(({ kind }: { kind: string }) => kind === 'token');
    expect(token).toMatchObject({ removable: false });
    const removed = await alan.postJson(`/mfa/settings/authenticators/${token.id}/remove`);
    expect(removed.body).toMatchObject({ because: 'last-factor' });
  });
});

describe('the administrators’ pages', () => {
  let ada: HttpAgent;
  beforeEach(async () => {
    await host.mfa.policies.save('acme', { ...STRONG, strength: 'any' });
    ada = await signIn(host, 'ada');
    await enrollToken(ada);
  });

  it('refuse it where no allowed method resists phishing', async () => {
    const refused = await ada.postJson(`${ACME}/policy`, {
      methods: ['totp', 'email'],
      strength: 'phishing-resistant',
    });
    expect([refused.status, refused.body]).toMatchObject([
      400,
      { because: 'no-phishing-resistant-method', field: 'strength' },
    ]);
    const unknown = await ada.postJson(`${ACME}/policy`, { strength: 'strong' });
    expect([unknown.status, unknown.body]).toMatchObject([400, { because: 'malformed', field: 'strength' }]);
    await expect(
      host.mfa.policies.save('acme', { methods: ['totp'], strength: 'phishing-resistant' }),
    ).rejects.toMatchObject({ because: 'no-phishing-resistant-method' });
    expect((await host.mfa.policies.get('acme')).strength).toBe('any');
  });

  it('say in the preview who would have to set one up', async () => {
    await plantApp(host, 'alan');
    const change = { strength: 'phishing-resistant' };
    const preview = (await ada.postJson(`${ACME}/policy/preview`, change)).body;
    const group = (effect: string) =>
      preview.groups
        .find((one: { effect: string }) => one.effect === effect)
        .people.map(({ id }: { id: string }) => id);
    expect(group('proves')).toEqual(['ada']);
    expect(group('enrolls')).toContain('alan');
    const page = await ada.post(`${ACME}/policy/preview`, {
      ...change,
      whole: 'yes',
      enabled: 'on',
      methods: ['token', 'totp'],
    });
    expect(textOf(page.text)).toContain('Strength of the method Any allowed method Phishing-resistant only');
  });

  it('offer the choice in the form, and show who has no such method yet', async () => {
    await plantApp(host, 'alan');
    expect((await ada.get(`${ACME}/policy`)).text).toContain('value="phishing-resistant"');
    const saved = await ada.postJson(`${ACME}/policy`, { strength: 'phishing-resistant' });
    expect(saved.body).toMatchObject({ outcome: 'saved', policy: { strength: 'phishing-resistant' } });
    await host.mfa.settled();
    const { members } = (await ada.getJson(`${ACME}/members`)).body;
    const find = (wanted: string) => members.find(({ id }: { id: string }) => id === wanted).mfa;
    expect(find('alan')).toMatchObject({ configured: true, needsStronger: true });
    expect(find('ada').needsStronger).toBeUndefined();
    expect(textOf((await ada.get(`${ACME}/members`)).text)).toContain('Needs a stronger method');
    const lines = (await ada.get(`${ACME}/members.csv`)).text.split('\r\n');
    expect(lines[0]).toContain('"needs a stronger method"');
    expect(lines.find((line) => line.startsWith('"alan"'))).toMatch(/"yes"$/);
    expect(textOf((await ada.get(ACME)).text)).toContain('1 with a phishing-resistant method');
    expect((await ada.getJson(`${ACME}/events`)).body.events).toContainEqual(
      expect.objectContaining({
        name: 'policy-changed',
        details: expect.objectContaining({ fields: 'strength' }),
      }),
    );
  });
});

describe('a route that takes only phishing-resistant methods', () => {
  beforeEach(() => host.mfa.policies.save('acme', { ...STRONG, strength: 'any', enrollment: 'assigned' }));

  it('leads a person with an app to a first token, and back', async () => {
    const { secret } = await plantApp(host, 'alan');
    const alan = await signIn(host, 'alan');
    await alan.postJson('/mfa/challenge', { code: totpCode(secret, host.clock.now()) });
    const refused = await alan.getJson('/wire');
    expect([refused.status, refused.body]).toMatchObject([
      403,
      { outcome: 'enroll', because: 'required', next: '/mfa/enroll/token?returnTo=%2Fwire' },
    ]);
    const led = await alan.get('/wire');
    expect(led.headers['location']).toBe('/mfa/enroll/token?returnTo=%2Fwire');
    await enrollToken(alan);
    expect((await alan.getJson('/wire')).body).toEqual({ outcome: 'wired' });
  });

  it('asks a person without any factor for the password before a first token', async () => {
    const alan = await signIn(host, 'alan');
    host.clock.advance(1000);
    expect((await alan.getJson('/wire')).body).toMatchObject({ outcome: 'enroll', because: 'required' });
    expect((await alan.postJson('/mfa/enroll/token')).body).toMatchObject({
      outcome: 'challenge',
      next: '/mfa/step-up',
    });
    await alan.postJson('/mfa/step-up', { password: HOST_PASSWORD });
    await enrollToken(alan);
    expect((await alan.getJson('/wire')).body).toEqual({ outcome: 'wired' });
  });

  it('asks for the token again once the proof is too old', async () => {
    const alan = await signIn(host, 'alan');
    host.clock.advance(1000);
    await alan.postJson('/mfa/step-up', { password: HOST_PASSWORD });
    const { answer } = await enrollToken(alan);
    const { secret } = await plantApp(host, 'alan');
    host.clock.advance(300_000);
    const asked = await alan.getJson('/wire');
    expect([asked.status, asked.body]).toMatchObject([401, { next: '/mfa/step-up?returnTo=%2Fwire' }]);
    expect(kindsOf(await alan.getJson('/mfa/step-up'))).toEqual(['token']);
    const byApp = await alan.postJson('/mfa/step-up', { response: totpCode(secret, host.clock.now()) });
    expect(byApp.body).toMatchObject({ outcome: 'rejected' });
    expect((await alan.getJson('/wire')).status).toBe(401);
    expect((await alan.postJson('/mfa/step-up', await answer(alan, '/mfa/step-up'))).body).toMatchObject({
      outcome: 'stepped-up',
    });
    expect((await alan.getJson('/wire')).body).toEqual({ outcome: 'wired' });
  });

  it('is closed where MFA is off', async () => {
    const ken = await signIn(host, 'ken');
    const refused = await ken.getJson('/wire');
    expect([refused.status, refused.body]).toMatchObject([
      403,
      { outcome: 'deny', because: 'no-usable-factor' },
    ]);
  });

  it('is refused at start with a strength that does not exist', () => {
    const options = { maxAgeSeconds: 300, strength: 'phishing-resistent' };
    expect(() => host.mfa.requireStepUp(options as never)).toThrow('phishing-resistant');
  });
});
