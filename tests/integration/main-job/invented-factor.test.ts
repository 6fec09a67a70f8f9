import { createAdminHost, signIn, type AdminHost } from '../../support/admin-host';
import type { HttpAgent } from '../../support/http-agent';
import { NUMBER_MS, pressToken } from '../../support/invented-factor';

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
  const press = (number: string, of = secret) => pressToken(of, (presses += 1), number);
  async function freshProof() {
    const { token } = (await ada.getJson('/mfa/step-up')).body;
    return ada.postJson('/mfa/step-up', { response: press(token.number) });
  }

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
    const started = await ada.postJson('/mfa/enroll/token', { variant: '1234' });
    expect(started.body).toMatchObject({
      outcome: 'enrollment-started',
      token: { secret: expect.any(String), number: '1234' },
    });
    secret = started.body.token.secret;
    expect((await ada.get('/mfa/enroll/token')).text).toContain('Connect your token');
    const wrong = await ada.postJson('/mfa/enroll/token/confirm', { response: '1-000000' });
    expect(wrong.body).toMatchObject({ outcome: 'rejected', because: 'wrong-code' });
    const enrolled = await ada.postJson('/mfa/enroll/token/confirm', {
      response: press('1234'),
      label: 'Blue token',
    });
    expect(enrolled.body).toMatchObject({
      outcome: 'enrolled',
      kind: 'token',
      recoveryCodes: expect.any(Array),
    });
  });

  it('signs in, once for each proof', async () => {
    ada = await signIn(host, 'ada');
    expect((await ada.get('/mfa/challenge')).text).toContain('Press your token');
    const { token } = (await ada.getJson('/mfa/challenge')).body;
    const used = pressToken(secret, presses, token.number);
    expect((await ada.postJson('/mfa/challenge', { response: used })).body).toMatchObject({
      because: 'code-used',
    });
    const again = await ada.getJson('/mfa/challenge');
    const answered = await ada.postJson('/mfa/challenge', { response: press(again.body.token.number) });
    expect(answered.body).toMatchObject({ outcome: 'signed-in' });
    const state = await ada.getJson('/mfa/state');
    expect(state.body).toMatchObject({
      signedIn: true,
      authenticators: [{ kind: 'token', label: 'Blue token' }],
    });
    expect((await ada.get('/mfa/sessions')).text).toContain('Password and security token');
    expect(await host.records.findMember('ada', 'acme')).toMatchObject({
      authenticators: [{ kind: 'token', state: { presses } }],
    });
  });

  it('keeps what its page shows while that holds, and shows something else afterwards', async () => {
    ada = await signIn(host, 'ada');
    const numberOf = async () => (await ada.getJson('/mfa/challenge')).body.token.number;
    const number = await numberOf();
    expect(await numberOf()).toBe(number);
    host.clock.advance(NUMBER_MS);
    const answer = { response: press(number) };
    expect((await ada.postJson('/mfa/challenge', answer)).body).toMatchObject({ because: 'code-expired' });
    const next = await numberOf();
    expect(next).not.toBe(number);
    expect((await ada.postJson('/mfa/challenge', { response: press(next) })).body).toMatchObject({
      outcome: 'signed-in',
    });
  });

  it('is one choice for a person with several, and the one that was proven counts as used', async () => {
    await freshProof();
    const { token } = (await ada.postJson('/mfa/enroll/token', { variant: '5678' })).body;
    const added = { response: press('5678', token.secret), label: 'Red token' };
    expect((await ada.postJson('/mfa/enroll/token/confirm', added)).body).toMatchObject({
      outcome: 'enrolled',
    });
    host.clock.advance(3_600_000);
    const asked = (await ada.getJson('/mfa/step-up')).body;
    expect(asked.anyOf).toEqual([{ authenticatorId: 'any-token', kind: 'token' }]);
    const response = press(asked.token.number, token.secret);
    expect((await ada.postJson('/mfa/step-up', { response })).body).toMatchObject({ outcome: 'stepped-up' });
    const { authenticators } = (await ada.getJson('/mfa/settings')).body;
    const now = host.clock.now();
    expect(
      authenticators.map(({ label, lastUsedAt }: { label: string; lastUsedAt: number }) => [
        label,
        lastUsedAt === now,
      ]),
    ).toEqual([
      ['Blue token', false],
      ['Red token', true],
    ]);
    const [, red] = authenticators;
    expect((await ada.postJson(`/mfa/settings/authenticators/${red.id}/remove`)).body).toMatchObject({
      outcome: 'removed',
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
