import { NO_GUESSES } from '../../../src/core/member/guess-counter';
import { giveApp, giveRecoveryCode } from '../../support/given-app';
import { visit, type Member } from '../../support/member';
import { PASSWORD, createPortal, type Portal } from '../../support/portal';
import { totpCode, wrongCode } from '../../support/totp';

async function portalWithApp() {
  const portal = createPortal();
  await portal.mfa.policies.save('acme', { enabled: true, enrollment: 'required' });
  const app = await giveApp(portal, 'ada');
  const rightCode = () => totpCode(app.secret, portal.clock.now());
  const guessWrong = async (agent: Member, times: number) => {
    for (let guess = 0; guess < times; guess += 1)
      await agent.postJson('/mfa/challenge', { code: wrongCode(rightCode()) });
  };
  return { portal, app, rightCode, guessWrong };
}

/** Somebody with the password guesses until codes are locked. */
async function attacked() {
  const world = await portalWithApp();
  const attacker = visit(world.portal);
  await attacker.logIn('ada');
  await world.guessWrong(attacker, 5);
  const again = visit(world.portal);
  await again.logIn('ada');
  await world.guessWrong(again, 5);
  await world.portal.mfa.settled();
  return { ...world, attacker: again };
}

/** The path of the link in the newest mail about a lock. */
function linkOf(portal: Portal): string {
  const mail = portal.outbox.messages.findLast(({ text }) => text.includes('/mfa/unlock?token='));
  const url = /http\S+\/mfa\/unlock\?token=\S+/.exec(mail?.text ?? '')?.[0];
  if (url === undefined) throw new Error('No link was sent.');
  return url.replace('http://localhost', '');
}

const tokenOf = (link: string) => new URL(link, 'http://localhost').searchParams.get('token') ?? '';

const eventsOf = async (portal: Portal, name: string) => {
  await portal.mfa.settled();
  return (await portal.records.listEvents({ organizationId: 'acme', limit: 100, names: [name] })).events;
};

describe('a lock', () => {
  it('is reported once, and every address on file gets a notice', async () => {
    const { portal, attacker, guessWrong } = await attacked();
    await guessWrong(attacker, 3);
    const locks = await eventsOf(portal, 'proofs-locked');
    expect(locks).toHaveLength(1);
    expect(locks[0]?.details).toMatchObject({ lockedUntil: portal.clock.now() + 1_800_000 });
    const told = portal.outbox.messages.filter(
      ({ subject }) => subject === 'Too many wrong codes at Acme Portal',
    );
    expect(told).toHaveLength(1);
    expect(told[0]?.to).toBe('ada@acme.example');
  });

  it('gives the same response to right and wrong codes', async () => {
    const { portal, rightCode } = await attacked();
    await giveRecoveryCode(portal, 'ada');
    const agent = visit(portal);
    await agent.logIn('ada');
    const csrf = await agent.csrfToken();
    const submit = async (code: string) => {
      const { status, text, headers } = await agent.post('/mfa/challenge', { code, _csrf: csrf });
      return { status, text, retryAfter: headers['retry-after'], length: headers['content-length'] };
    };
    await agent.get('/mfa/challenge');
    const wrong = await submit(wrongCode(rightCode()));
    const right = await submit(rightCode());
    expect(right).toEqual(wrong);
    expect(right.status).toBe(429);
    expect(right.text).toContain('Too many wrong codes');
    expect((await agent.getJson('/whoami')).body.authenticated).toBe(false);
  });

  it('of codes does not affect recovery codes, nor the other way round', async () => {
    const { portal } = await attacked();
    const recoveryCode = await giveRecoveryCode(portal, 'ada');
    const owner = visit(portal);
    expect((await owner.logIn('ada')).body).toMatchObject({
      outcome: 'challenge',
      anyOf: [{ kind: 'recovery-code' }],
    });
    await owner.postJson('/mfa/challenge/factor', { authenticatorId: 'recovery-codes' });
    const used = await owner.postJson('/mfa/challenge', { code: recoveryCode });
    expect(used.body).toMatchObject({ outcome: 'signed-in' });
    const { guesses } = await portal.records.findMember('ada', 'acme');
    expect(guesses.codes.lockedUntil).toBe(portal.clock.now() + 1_800_000);
    expect(guesses['recovery-codes']).toEqual(NO_GUESSES);
  });

  it('sends a notice about wrong codes when a challenge has no tries left, at most once an hour', async () => {
    const { portal, guessWrong } = await portalWithApp();
    const agent = visit(portal);
    await agent.logIn('ada');
    await guessWrong(agent, 4);
    await portal.mfa.settled();
    expect(portal.outbox.messages).toEqual([]);
    await guessWrong(agent, 1);
    await portal.mfa.settled();
    expect(portal.outbox.messages.map(({ subject }) => subject)).toEqual(['Failed sign-in attempt']);
  });

  it('reports a disabled authenticator once, and notifies its owner', async () => {
    const { portal, rightCode } = await portalWithApp();
    const { authenticators } = await portal.records.findMember('ada', 'acme');
    const [app] = authenticators;
    if (app === undefined) throw new Error('No app.');
    await portal.records.addAuthenticator('ada', { ...app, failures: 99 }, app.id);
    const agent = visit(portal);
    await agent.logIn('ada');
    for (let guess = 0; guess < 2; guess += 1)
      await agent.postJson('/mfa/challenge', { code: wrongCode(rightCode()) });
    expect(await eventsOf(portal, 'authenticator-disabled')).toHaveLength(1);
    expect(portal.outbox.messages.map(({ subject }) => subject)).toEqual([
      'One of your sign-in methods was turned off',
    ]);
  });
});

describe('the unlock link in a mail', () => {
  it('ends the lock with the password and a factor, and signs the owner in', async () => {
    const { portal, app } = await attacked();
    const link = linkOf(portal);
    const owner = visit(portal);
    const page = await owner.get(link);
    expect(page.text).toContain('Unlock your account');
    const followed = await owner.post('/mfa/unlock', { token: tokenOf(link) });
    expect(followed.headers['location']).toBe('/mfa/login');
    const login = await owner.post('/mfa/login', { username: 'ada', password: PASSWORD });
    expect(login.headers['location']).toBe('/mfa/unlock/challenge');
    expect((await owner.get('/mfa/unlock/challenge')).text).toContain('To unlock your account');
    const proven = await owner.post('/mfa/unlock/challenge', { code: app.nextCode() });
    expect(proven.headers['location']).toBe('/');
    expect((await owner.getJson('/')).body.session).toMatchObject({ assurance: 'multi-factor' });
    const { guesses } = await portal.records.findMember('ada', 'acme');
    expect(guesses.codes).toEqual(NO_GUESSES);
    expect(await eventsOf(portal, 'proofs-unlocked')).toHaveLength(1);
    const next = visit(portal);
    await next.logIn('ada');
    expect((await next.postJson('/mfa/challenge', { code: app.nextCode() })).body).toMatchObject({
      outcome: 'signed-in',
    });
    expect((await visit(portal).getJson(link)).status).toBe(404);
  });

  it('begins no login where no method works any more', async () => {
    const { portal } = await attacked();
    const owner = visit(portal);
    await owner.postJson('/mfa/unlock', { token: tokenOf(linkOf(portal)) });
    const [app] = (await portal.records.findMember('ada', 'acme')).authenticators;
    if (app === undefined) throw new Error('There is no app.');
    await portal.records.addAuthenticator('ada', { ...app, disabledAt: portal.clock.now() }, app.id);
    expect((await owner.logIn('ada')).body).toMatchObject({ because: 'no-usable-factor' });
  });

  it('leads on to the usual challenge where the lock was ended meanwhile', async () => {
    const { portal, app } = await attacked();
    const owner = visit(portal);
    await owner.post('/mfa/unlock', { token: tokenOf(linkOf(portal)) });
    await owner.post('/mfa/login', { username: 'ada', password: PASSWORD });
    await portal.records.clearGuesses('ada');
    const page = await owner.get('/mfa/unlock/challenge');
    expect([page.status, page.headers['location']]).toEqual([303, '/mfa/challenge']);
    const proven = await owner.postJson('/mfa/challenge', { code: app.nextCode() });
    expect(proven.body).toMatchObject({ outcome: 'signed-in' });
  });

  it('works with JSON', async () => {
    const { portal, app } = await attacked();
    const link = linkOf(portal);
    const owner = visit(portal);
    expect((await owner.getJson(link)).body).toMatchObject({ outcome: 'unlock', next: '/mfa/unlock' });
    const followed = await owner.postJson('/mfa/unlock', { token: tokenOf(link) });
    expect(followed.body).toEqual({ outcome: 'sign-in', next: '/mfa/login' });
    expect((await owner.logIn('ada')).body).toMatchObject({
      outcome: 'challenge',
      next: '/mfa/unlock/challenge',
    });
    expect((await owner.getJson('/mfa/unlock/challenge')).body).toMatchObject({
      outcome: 'challenge',
      because: 'locked',
      anyOf: [{ authenticatorId: 'app-of-ada', kind: 'totp' }],
    });
    const wrong = await owner.postJson('/mfa/unlock/challenge', { code: wrongCode(app.nextCode()) });
    expect(wrong.body).toMatchObject({ outcome: 'rejected', because: 'wrong-code', attemptsLeft: 2 });
    const right = await owner.postJson('/mfa/unlock/challenge', { code: app.nextCode() });
    expect(right.body).toEqual({ outcome: 'signed-in', because: 'satisfied', next: '/' });
  });

  it('ends the lock from within a session', async () => {
    const { portal, app, rightCode, guessWrong } = await portalWithApp();
    const owner = visit(portal);
    await owner.logIn('ada');
    await owner.postJson('/mfa/challenge', { code: app.nextCode() });
    const attacker = visit(portal);
    await attacker.logIn('ada');
    await guessWrong(attacker, 5);
    await attacker.logIn('ada');
    await guessWrong(attacker, 5);
    await portal.mfa.settled();
    expect(rightCode()).toMatch(/^\d{6}$/);
    const followed = await owner.postJson('/mfa/unlock', { token: tokenOf(linkOf(portal)) });
    expect(followed.body).toMatchObject({ outcome: 'challenge', next: '/mfa/unlock/challenge' });
    const proven = await owner.postJson('/mfa/unlock/challenge', { code: app.nextCode() });
    expect(proven.body).toMatchObject({ outcome: 'signed-in' });
    expect((await portal.records.findMember('ada', 'acme')).guesses.codes.lockedUntil).toBeNull();
  });

  it('sends a code only when the person asks for it', async () => {
    const portal = createPortal();
    await portal.mfa.policies.save('acme', { enabled: true, enrollment: 'assigned' });
    const mary = { userId: 'mary', organizationId: 'acme' };
    await portal.mfa.members.save(mary, { enabled: true, assignedKind: 'sms' });
    for (let login = 0; login < 2; login += 1) {
      const attacker = visit(portal);
      await attacker.logIn('mary');
      const code = wrongCode(attacker.newestCode('+442079460018'));
      for (let guess = 0; guess < 5; guess += 1) await attacker.postJson('/mfa/challenge', { code });
      portal.clock.advance(60_000);
    }
    await portal.mfa.settled();
    const owner = visit(portal);
    await owner.postJson('/mfa/unlock', { token: tokenOf(linkOf(portal)) });
    await owner.logIn('mary');
    const sentBefore = portal.outbox.messages.length;
    expect((await owner.get('/mfa/unlock/challenge')).text).toContain('Nothing is sent until you choose.');
    expect(portal.outbox.messages).toHaveLength(sentBefore);
    const sent = await owner.postJson('/mfa/unlock/challenge', { authenticatorId: 'on-file-sms' });
    expect(sent.body).toMatchObject({ outcome: 'sent', sent: { kind: 'sms' } });
    const code = owner.newestCode('+442079460018');
    const proven = await owner.postJson('/mfa/unlock/challenge', { code });
    expect(proven.body).toMatchObject({ outcome: 'signed-in' });
  });

  it('expires with the lock', async () => {
    const { portal } = await attacked();
    const link = linkOf(portal);
    portal.clock.advance(1_800_000);
    const identity = visit(portal);
    expect((await identity.get(link)).status).toBe(404);
    expect((await identity.postJson('/mfa/unlock', { token: tokenOf(link) })).body).toMatchObject({
      outcome: 'rejected',
      because: 'unlock-link-over',
    });
  });

  it('is invalid if a clock that was ahead made it', async () => {
    const { portal } = await attacked();
    const link = linkOf(portal);
    portal.clock.advance(-2 * 86_400_000);
    expect((await visit(portal).getJson(link)).status).toBe(404);
  });
});
