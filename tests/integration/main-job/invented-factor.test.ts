import { createAdminHost, signIn, type AdminHost } from '../../support/admin-host';
import type { HttpAgent } from '../../support/http-agent';
import { pressToken } from '../../support/invented-factor';

// One line more in the registry is all that a new factor needs.
jest.mock('../../../src/factors/registry', () => {
  const { FACTORS } = jest.requireActual('../../../src/factors/registry');
  const { inventedFactor } = jest.requireActual('../../support/invented-factor');
  return { FACTORS: [inventedFactor, ...FACTORS] };
});

const ACME = '/admin/mfa/acme';

describe('a kind of factor that only one file knows', () => {
  let host: AdminHost;
  let ada: HttpAgent;
  let secret: string;
  let presses = 0;
  const press = () => pressToken(secret, (presses += 1));
  const freshProof = () => ada.postJson('/mfa/step-up', { code: press() });

  beforeAll(async () => {
    host = createAdminHost();
    await host.mfa.policies.save('acme', {
      enabled: true,
      enrollment: 'required',
      methods: ['token', 'email'],
    });
    ada = await signIn(host, 'ada');
  });

  afterAll(async () => {
    await host.mfa.close();
    expect(host.errors).toEqual([]);
  });

  it('is offered by the wizard and set up with its first proof', async () => {
    const offered = await ada.getJson('/mfa/enroll');
    expect(offered.body).toMatchObject({ outcome: 'enroll', anyOf: ['token', 'email'] });
    expect((await ada.get('/mfa/enroll')).text).toContain('Shows a new code when you press it.');
    expect((await ada.get('/mfa/enroll/token')).text).toContain('Your help desk has one for you.');
    const started = await ada.postJson('/mfa/enroll/token');
    expect(started.body).toMatchObject({
      outcome: 'enrollment-started',
      token: { secret: expect.any(String) },
    });
    secret = started.body.token.secret;
    expect((await ada.get('/mfa/enroll/token')).text).toContain('Connect your token');
    const wrong = await ada.postJson('/mfa/enroll/token/confirm', { code: '1-000000' });
    expect(wrong.body).toMatchObject({ outcome: 'rejected', because: 'wrong-code' });
    const enrolled = await ada.postJson('/mfa/enroll/token/confirm', { code: press(), label: 'Blue token' });
    expect(enrolled.body).toMatchObject({
      outcome: 'enrolled',
      kind: 'token',
      recoveryCodes: expect.any(Array),
    });
  });

  it('signs in, once for each proof', async () => {
    const used = pressToken(secret, presses);
    ada = await signIn(host, 'ada');
    expect((await ada.get('/mfa/challenge')).text).toContain('Press your token');
    expect((await ada.postJson('/mfa/challenge', { code: used })).body).toMatchObject({
      because: 'code-used',
    });
    expect((await ada.postJson('/mfa/challenge', { code: press() })).body).toMatchObject({
      outcome: 'signed-in',
    });
    const state = await ada.getJson('/mfa/state');
    expect(state.body).toMatchObject({
      signedIn: true,
      authenticators: [{ kind: 'token', label: 'Blue token' }],
    });
    expect((await ada.get('/mfa/sessions')).text).toContain('Password and security token');
    expect(await host.records.findMember('ada', 'acme')).toMatchObject({
      authenticators: [{ kind: 'token', lastAcceptedStep: presses }],
    });
  });

  it('is what a step-up asks for, and nothing weaker', async () => {
    host.clock.advance(3_600_000);
    const asked = await ada.getJson('/mfa/step-up');
    expect(asked.body.anyOf.map(({ kind }: { kind: string }) => kind)).not.toContain('email');
    expect((await freshProof()).body).toMatchObject({ outcome: 'stepped-up' });
  });

  it('has a row in the settings', async () => {
    const page = (await ada.get('/mfa/settings')).text;
    expect(page).toContain('Blue token');
    expect(page).toContain('Add a token');
    expect((await ada.getJson('/mfa/settings')).body.authenticators).toMatchObject([{ kind: 'token' }]);
  });

  it('is a choice of the policy form, and counts in its preview', async () => {
    expect((await ada.get(`${ACME}/policy`)).text).toContain('Security token');
    const preview = await ada.postJson(`${ACME}/policy/preview`, { methods: ['token'] });
    expect(preview.status).toBe(200);
    const saved = await ada.postJson(`${ACME}/policy`, { methods: ['token', 'totp'] });
    expect(saved.body).toMatchObject({ outcome: 'saved' });
    expect((await host.mfa.policies.get('acme')).methods).toEqual(['token', 'totp']);
  });

  it('is a filter, a count, a bar and a word in the list of members and its CSV', async () => {
    await host.mfa.settled();
    const listed = await ada.getJson(`${ACME}/members?filter=token`);
    expect(listed.body.members).toMatchObject([{ id: 'ada', mfa: { configured: true, kinds: ['token'] } }]);
    expect((await ada.get(`${ACME}/members`)).text).toContain('Security token');
    const csv = (await ada.get(`${ACME}/members.csv`)).text;
    expect(csv.split('\n').find((line) => /^"?ada/.test(line))).toMatch(/token/i);
    expect((await ada.get(ACME)).text).toContain('Security token');
    expect((await ada.getJson(ACME)).body.byKind).toMatchObject({ token: 1, email: 0 });
  });

  it('is named in the notice and in the events', async () => {
    expect(host.outbox.messages.map(({ text }) => text).join('\n')).toContain(
      'The security token “Blue token”',
    );
    const { events } = (await ada.getJson(`${ACME}/events`)).body;
    expect(events).toContainEqual(
      expect.objectContaining({
        name: 'authenticator-added',
        details: expect.objectContaining({ kind: 'token' }),
      }),
    );
    expect((await ada.get(`${ACME}/events`)).text).toContain('security token');
  });

  it('is removed as any other', async () => {
    const [{ id }] = (await ada.getJson('/mfa/settings')).body.authenticators;
    await host.mfa.policies.save('acme', { enrollment: 'optional' });
    await freshProof();
    expect((await ada.postJson(`/mfa/settings/authenticators/${id}/remove`)).body).toMatchObject({
      outcome: 'removed',
    });
  });
});
