import { RECOVERY_CODES_GROUP } from '../../../src/core/member/factor-kind';
import { addPerson, visit } from '../../support/member';
import { plantAddress, plantApp, plantRecoveryCodes } from '../../support/planted';
import { PASSWORD, createPortal, type Portal } from '../../support/portal';
import { totpCode, wrongCode } from '../../support/totp';

// What a lock leaves open: which factor ends it, and that neither a password nor a new method gets around it.

async function portalWithPerson(enrollment: 'required' | 'assigned' = 'required') {
  const portal = createPortal();
  await portal.mfa.policies.save('acme', { enabled: true, enrollment });
  const person = addPerson(portal);
  const app = await plantApp(portal, person.id);
  const code = () => totpCode(app.secret, portal.clock.now());
  const enter = async () => {
    const login = visit(portal);
    await login.logIn(person.username);
    return login;
  };
  const lockCodes = async () => {
    for (let logins = 0; logins < 2; logins += 1) {
      const login = await enter();
      for (let tries = 0; tries < 5; tries += 1)
        await login.postJson('/mfa/challenge', { code: wrongCode(code()) });
    }
    await portal.mfa.settled();
  };
  /** Of the link in the newest mail about a lock. */
  const lastToken = () => {
    const mail = portal.outbox.messages.findLast(({ text }) => text.includes('unlock?token='));
    return /unlock\?token=([\w-]+)/.exec(mail?.text ?? '')?.[1];
  };
  const followLink = async () => {
    const owner = visit(portal);
    await owner.postJson('/mfa/unlock', { token: lastToken() });
    await owner.logIn(person.username);
    return { owner };
  };
  const guesses = async () => (await portal.records.findMember(person.id, 'acme')).guesses;
  return { portal, person, app, code, enter, lockCodes, lastToken, followLink, guesses };
}

const spendGuess = ({ records, clock }: Portal, userId: string, group: 'codes' | 'recovery-codes') =>
  records.spendGuess({
    userId,
    group,
    rank: 3,
    authenticatorId: null,
    limits: { perChallenge: 5, perUser: 10, perAuthenticator: 100, lockSeconds: 1800 },
    now: clock.now(),
  });

async function disableApp({ records, clock }: Portal, userId: string): Promise<void> {
  const [app] = (await records.findMember(userId, 'acme')).authenticators;
  if (app === undefined) throw new Error('There is no app.');
  await records.addAuthenticator(userId, { ...app, disabledAt: clock.now() }, app.id);
}

describe('a lock of codes', () => {
  it('does not let a session step up by password instead', async () => {
    const { portal, person, app, code, lockCodes } = await portalWithPerson();
    const member = visit(portal);
    await member.logIn(person.username);
    await member.postJson('/mfa/challenge', { code: code() });
    portal.clock.advance(10 * 60_000);
    await lockCodes();
    for (const opened of [
      await member.getJson('/mfa/step-up'),
      await member.postJson('/mfa/step-up', { password: PASSWORD }),
      await member.postJson('/mfa/step-up', { code: totpCode(app.secret, portal.clock.now()) }),
    ]) {
      expect([opened.status, opened.body]).toMatchObject([403, { outcome: 'deny', because: 'locked' }]);
      expect(opened.body).not.toHaveProperty('password');
    }
    expect((await member.postJson('/payouts')).body).not.toHaveProperty('paid');
  });

  it('sends no code to a login that was begun before', async () => {
    const portal = createPortal();
    await portal.mfa.policies.save('acme', { enabled: true, enrollment: 'assigned' });
    const person = addPerson(portal);
    const who = { userId: person.id, organizationId: 'acme' };
    await portal.mfa.members.save(who, { enabled: true, assignedKind: 'email' });
    const member = visit(portal);
    await member.logIn(person.username);
    await plantRecoveryCodes(portal, person.id, 1);
    for (let tries = 0; tries < 10; tries += 1) await spendGuess(portal, person.id, 'codes');
    portal.clock.advance(60_000);
    const sentBefore = portal.outbox.messages.length;
    const resent = await member.postJson('/mfa/challenge/resend');
    expect([resent.status, resent.body]).toMatchObject([429, { because: 'locked' }]);
    expect(portal.outbox.messages).toHaveLength(sentBefore);
  });

  it('leaves a recovery code to those whose method cannot end it', async () => {
    const { portal, person, lockCodes, followLink } = await portalWithPerson();
    await plantRecoveryCodes(portal, person.id, 1);
    await lockCodes();
    const { owner } = await followLink();
    await disableApp(portal, person.id);
    const opened = await owner.getJson('/mfa/unlock/challenge');
    expect(opened.body).toMatchObject({
      outcome: 'challenge',
      next: expect.stringMatching(/^\/mfa\/challenge\b/),
    });
  });

  it('is not the reason that is given where no method works any more', async () => {
    const { portal, person, lockCodes, followLink } = await portalWithPerson();
    await lockCodes();
    const { owner } = await followLink();
    await disableApp(portal, person.id);
    const opened = await owner.getJson('/mfa/unlock/challenge');
    expect(opened.body).toMatchObject({ because: 'no-usable-factor' });
  });

  it('is not ended by a weaker method once the one that was guessed at is removed', async () => {
    const { portal, person, app, lockCodes, followLink } = await portalWithPerson();
    const destination = person.email ?? '';
    const authenticatorId = await plantAddress(portal, person.id, { kind: 'email', destination });
    await lockCodes();
    const { owner } = await followLink();
    await portal.records.removeAuthenticator(person.id, app.id);
    const byEmail = await owner.postJson('/mfa/unlock/challenge', { authenticatorId });
    expect(byEmail.body).toMatchObject({ because: 'locked' });
    expect(byEmail.body).not.toHaveProperty('sent');
  });

  it('stays for a session whose method stopped working', async () => {
    const { portal, person, code, lockCodes, lastToken, guesses } = await portalWithPerson();
    const member = visit(portal);
    await member.logIn(person.username);
    await member.postJson('/mfa/challenge', { code: code() });
    await lockCodes();
    const { lockedUntil } = (await guesses()).codes;
    await member.postJson('/mfa/unlock', { token: lastToken() });
    await disableApp(portal, person.id);
    const opened = await member.getJson('/mfa/unlock/challenge');
    expect(opened.body).toMatchObject({ outcome: 'deny', because: 'locked' });
    expect((await guesses()).codes.lockedUntil).toBe(lockedUntil);
  });
});

describe('a lock of recovery codes', () => {
  async function lockedRecoveryCodes() {
    const world = await portalWithPerson();
    const { portal, person, enter } = world;
    const email = await plantAddress(portal, person.id, { kind: 'email', destination: person.email ?? '' });
    const [code = ''] = await plantRecoveryCodes(portal, person.id, 1);
    // Each guess in a login costs a hash, so only the last one is made there.
    for (let tries = 0; tries < 9; tries += 1) await spendGuess(portal, person.id, RECOVERY_CODES_GROUP);
    const thief = await enter();
    await thief.postJson('/mfa/challenge/factor', { authenticatorId: 'recovery-codes' });
    const wrong = code.replace(/.$/, (last) => (last === '2' ? '3' : '2'));
    await thief.postJson('/mfa/challenge', { code: wrong });
    await portal.mfa.settled();
    expect((await world.guesses())['recovery-codes'].lockedUntil).not.toBeNull();
    return { ...world, email, code };
  }

  it('is ended by the strongest method and by no weaker one', async () => {
    const { portal, app, email, followLink, guesses } = await lockedRecoveryCodes();
    const { owner } = await followLink();
    const opened = await owner.getJson('/mfa/unlock/challenge');
    expect(opened.body.anyOf).toEqual([expect.objectContaining({ authenticatorId: app.id })]);
    const byEmail = await owner.postJson('/mfa/unlock/challenge', { authenticatorId: email });
    expect(byEmail.body).toMatchObject({ outcome: 'rejected', because: 'no-authenticator' });
    const unlocked = await owner.postJson('/mfa/unlock/challenge', {
      code: totpCode(app.secret, portal.clock.now()),
    });
    expect(unlocked.body).toMatchObject({ outcome: 'signed-in' });
    expect((await guesses())['recovery-codes'].lockedUntil).toBeNull();
  });
});
