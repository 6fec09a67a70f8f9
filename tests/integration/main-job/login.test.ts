import { addPerson, enrollApp, visit } from '../../support/member';
import { createPortal } from '../../support/portal';
import { totpCode, wrongCode } from '../../support/totp';

describe('a login under a required policy', () => {
  async function requiredPortal() {
    const portal = createPortal();
    await portal.mfa.policies.save('acme', { enabled: true, enrollment: 'required' });
    return portal;
  }

  it('leads a member without a factor to enrollment and keeps them anonymous until then', async () => {
    const portal = await requiredPortal();
    const ada = visit(portal);
    const login = await ada.logIn('ada');
    expect(login.status).toBe(200);
    expect(login.body).toMatchObject({
      outcome: 'enroll',
      csrfToken: expect.any(String),
      because: 'required',
      next: '/mfa/enroll',
      anyOf: ['totp', 'sms', 'email'],
      skippable: false,
    });
    expect((await ada.getJson('/whoami')).body).toEqual({ authenticated: false, id: null });
    const guarded = await ada.getJson('/');
    expect(guarded.status).toBe(401);
    expect(guarded.body).toMatchObject({ outcome: 'sign-in', because: 'no-session' });
  });

  it('signs the member in with the first right code of the app, and hands out recovery codes until they are saved', async () => {
    const portal = await requiredPortal();
    const { member, recoveryCodes } = await enrollApp(portal, 'ada');
    expect(recoveryCodes).toHaveLength(10);
    const home = await member.getJson('/');
    expect(home.status).toBe(200);
    expect(home.body).toMatchObject({
      user: 'ada',
      session: { assurance: 'multi-factor', amr: ['pwd', 'otp'], assuranceLevel: 2 },
    });
    await member.postJson('/mfa/enroll/recovery-codes', { saved: true });
    const page = await member.get('/mfa/enroll/recovery-codes');
    expect(page.text).not.toContain(recoveryCodes[0]);
  });

  it('asks the app at the next login, takes a right code once and refuses it again', async () => {
    const portal = await requiredPortal();
    const { secret } = await enrollApp(portal, 'ada');
    const first = visit(portal);
    const login = await first.logIn('ada');
    expect(login.body).toMatchObject({
      outcome: 'challenge',
      because: 'assurance-too-low',
      next: '/mfa/challenge',
    });
    const code = totpCode(secret, portal.clock.now());
    const wrong = await first.postJson('/mfa/challenge', { code: wrongCode(code) });
    expect(wrong.status).toBe(401);
    expect(wrong.body).toMatchObject({ outcome: 'rejected', because: 'wrong-code', attemptsLeft: 4 });
    const right = await first.postJson('/mfa/challenge', { code });
    expect(right.body).toMatchObject({ outcome: 'signed-in', because: 'satisfied', next: '/' });
    expect((await first.getJson('/')).status).toBe(200);
    const second = visit(portal);
    await second.logIn('ada');
    const again = await second.postJson('/mfa/challenge', { code });
    expect(again.body).toMatchObject({ outcome: 'rejected', because: 'code-used' });
    expect((await second.getJson('/whoami')).body.authenticated).toBe(false);
  });

  it('lets a recovery code in once, and tells the address on file', async () => {
    const portal = await requiredPortal();
    const { recoveryCodes } = await enrollApp(portal, 'ada');
    const lost = visit(portal);
    await lost.logIn('ada');
    const chosen = await lost.postJson('/mfa/challenge/factor', { authenticatorId: 'recovery-codes' });
    expect(chosen.body).toMatchObject({ outcome: 'challenge' });
    const used = await lost.postJson('/mfa/challenge', { code: recoveryCodes[3] });
    expect(used.body).toMatchObject({ outcome: 'signed-in' });
    await portal.mfa.settled();
    expect(portal.outbox.messages.at(-1)).toMatchObject({ to: 'ada@acme.example' });
    const again = visit(portal);
    await again.logIn('ada');
    await again.postJson('/mfa/challenge/factor', { authenticatorId: 'recovery-codes' });
    const refused = await again.postJson('/mfa/challenge', { code: recoveryCodes[3] });
    expect(refused.body).toMatchObject({ outcome: 'rejected', because: 'wrong-code' });
  });

  it('says after a recovery code how many are left and where to replace the lost phone, in a browser', async () => {
    const portal = await requiredPortal();
    const { recoveryCodes } = await enrollApp(portal, 'ada');
    const lost = visit(portal);
    await lost.logIn('ada');
    await lost.postJson('/mfa/challenge/factor', { authenticatorId: 'recovery-codes' });
    const used = await lost.post('/mfa/challenge?returnTo=%2Fplain', { code: recoveryCodes[3] });
    expect(used.headers['location']).toBe('/mfa/recovered?returnTo=%2Fplain');
    const page = await lost.follow(used);
    expect(page.text).toContain('9 codes left.');
    expect(page.text).toMatch(/href="\/plain">Continue/);
    expect(page.text).toMatch(/href="\/mfa\/settings">Replace a method/);
    const data = await lost.getJson('/mfa/recovered');
    expect(data.body).toEqual({ recoveryCodesLeft: 9, next: '/' });
  });
});

describe('members who are not asked', () => {
  it('lets everybody in where the policy is off', async () => {
    const portal = createPortal();
    const ada = visit(portal);
    expect((await ada.logIn('ada')).body).toMatchObject({
      outcome: 'signed-in',
      because: 'policy-off',
      next: '/',
    });
    expect((await ada.getJson('/')).body.session).toMatchObject({ assurance: 'single-factor', amr: ['pwd'] });
  });

  it('leaves a federated user to the provider', async () => {
    const portal = createPortal();
    await portal.mfa.policies.save('acme', { enabled: true, enrollment: 'required' });
    const linus = visit(portal);
    await linus.post('/sso/linus');
    expect((await linus.getJson('/')).status).toBe(200);
  });

  it('lets an exempt account use the API with its password, and no other', async () => {
    const portal = createPortal();
    await portal.mfa.policies.save('acme', { enabled: true, enrollment: 'required' });
    await portal.mfa.members.exempt(
      { userId: 'sync', organizationId: 'acme', actorId: 'ada' },
      { reason: 'nightly export', until: portal.clock.now() + 1000 },
    );
    const basic = (name: string) => ({
      authorization: `Basic ${Buffer.from(`${name}:correct horse battery staple`).toString('base64')}`,
    });
    const client = visit(portal);
    const reported: unknown[] = [];
    portal.mfa.events.on('request-refused', ({ userId, details }) => reported.push({ userId, details }));
    expect((await client.getJson('/api/ping', basic('sync'))).body).toEqual({ pong: 'sync' });
    const refused = await client.getJson('/api/ping', basic('ada'));
    expect(refused.status).toBe(403);
    expect(refused.body).toMatchObject({ because: 'mfa-required' });
    expect(reported).toEqual([{ userId: 'ada', details: { because: 'mfa-required', outcome: 'enroll' } }]);
    portal.clock.advance(1000);
    expect((await client.getJson('/api/ping', basic('sync'))).status).toBe(403);
  });

  it('reports who was signed in by the password alone, and who was denied', async () => {
    const portal = createPortal();
    const person = addPerson(portal, { organizationId: 'acme', mfaEnrolled: true });
    const reported: unknown[] = [];
    portal.mfa.events.on('event', ({ name, userId, details }) => reported.push([name, userId, details]));
    await portal.mfa.policies.save('acme', { enabled: true, enrollment: 'optional' });
    await visit(portal).logIn('ada');
    expect((await visit(portal).logIn(person.username)).body).toMatchObject({
      because: 'records-unavailable',
    });
    expect(reported).toContainEqual(['login-denied', person.id, { because: 'records-unavailable' }]);
    const details = expect.objectContaining({ firstLogin: true });
    expect(reported).toContainEqual(['signed-in', 'ada', details]);
  });

  it('challenges a session that the host began, in place', async () => {
    const portal = createPortal();
    await portal.mfa.policies.save('acme', { enabled: true, enrollment: 'required' });
    const { secret } = await enrollApp(portal, 'ada');
    const ada = visit(portal);
    await ada.post('/sso/ada');
    const guarded = await ada.getJson('/');
    expect(guarded.status).toBe(401);
    expect(guarded.body).toMatchObject({ outcome: 'challenge', because: 'assurance-too-low' });
    const before = ada.cookie('session');
    const answered = await ada.postJson('/mfa/challenge', { code: totpCode(secret, portal.clock.now()) });
    expect(answered.body).toMatchObject({ outcome: 'signed-in' });
    expect(ada.cookie('session')).not.toBe(before);
    expect((await ada.getJson('/')).status).toBe(200);
  });
});

describe('step-up and the end of sessions', () => {
  it('asks an exempt person for the factor they have, on the step-up page', async () => {
    const portal = createPortal();
    await portal.mfa.policies.save('acme', { enabled: true, enrollment: 'required' });
    const { secret } = await enrollApp(portal, 'ada');
    await portal.mfa.members.exempt(
      { userId: 'ada', organizationId: 'acme', actorId: 'root' },
      { reason: 'emergency', until: portal.clock.now() + 3_600_000 },
    );
    const ada = visit(portal);
    expect((await ada.logIn('ada')).body).toMatchObject({ outcome: 'signed-in', because: 'exempt' });
    const asked = await ada.postJson('/payouts');
    expect(asked.body).toMatchObject({ outcome: 'challenge', next: '/mfa/step-up' });
    expect((await ada.get('/mfa/step-up')).status).toBe(200);
    await ada.postJson('/mfa/step-up', { code: totpCode(secret, portal.clock.now()) });
    expect((await ada.postJson('/payouts')).body).toEqual({ paid: true });
  });

  it('asks for a fresh code after its age, and goes on with one', async () => {
    const portal = createPortal();
    await portal.mfa.policies.save('acme', { enabled: true, enrollment: 'required' });
    const { member, secret } = await enrollApp(portal, 'ada');
    expect((await member.postJson('/payouts')).body).toEqual({ paid: true });
    portal.clock.advance(300_000);
    const stale = await member.postJson('/payouts');
    expect(stale.status).toBe(401);
    expect(stale.body).toMatchObject({
      outcome: 'challenge',
      because: 'authentication-too-old',
      next: '/mfa/step-up',
    });
    const proven = await member.postJson('/mfa/step-up', { code: totpCode(secret, portal.clock.now()) });
    expect(proven.body).toMatchObject({ outcome: 'stepped-up' });
    expect((await member.postJson('/payouts')).body).toEqual({ paid: true });
  });

  it('ends every session of a user and of an organization at their next request', async () => {
    const portal = createPortal();
    await portal.mfa.policies.save('acme', { enabled: true, enrollment: 'required' });
    const { member, secret } = await enrollApp(portal, 'ada');
    await portal.mfa.sessionsOf('ada').endAll();
    expect((await member.getJson('/')).body).toMatchObject({ outcome: 'sign-in', because: 'session-ended' });
    const back = visit(portal);
    await back.logIn('ada');
    expect(
      (await back.postJson('/mfa/challenge', { code: totpCode(secret, portal.clock.now()) })).body,
    ).toMatchObject({ outcome: 'signed-in' });
    await portal.mfa.policies.endAllSessions('acme');
    expect((await back.getJson('/')).body).toMatchObject({ outcome: 'sign-in', because: 'session-ended' });
  });

  it('signs out everywhere it is kept', async () => {
    const portal = createPortal();
    const ada = visit(portal);
    await ada.logIn('ada');
    expect((await ada.postJson('/mfa/logout')).body).toMatchObject({ outcome: 'signed-out' });
    expect((await ada.getJson('/')).status).toBe(401);
    expect(await portal.mfa.sessionsOf('ada').list()).toEqual([]);
  });
});
