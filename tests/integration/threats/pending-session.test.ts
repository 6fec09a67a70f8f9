import request from 'supertest';
import { NO_GUESSES } from '../../../src/core/member/guess-counter';
import { halfLoginsAt } from '../../support/half-logins';
import { startLoopbackServer } from '../../support/loopback-server';
import { addPerson, visit, type Member } from '../../support/member';
import { plantApp, plantRecoveryCodes } from '../../support/planted';
import { createPortal } from '../../support/portal';
import { sendRaw } from '../../support/raw-request';

// The attack: somebody with the password alone tries to be let in somewhere before the second factor: by another spelling
// of a path, by fields that name somebody else, or by mixing two people in one browser. Every route, method and step is
// tried in crawl/.

const reached: string[] = [];
const portal = createPortal({}, (app) => {
  app.post('/become/:id', (req, res, next) => {
    const user = portal.users.get(req.params.id);
    if (user === undefined) return next();
    req.logIn(user, { session: true, keepSessionInfo: true }, (error) =>
      error ? next(error) : res.json({ became: user.id }),
    );
  });
  app.use((req, res) => {
    reached.push(`${req.method} ${req.originalUrl}`);
    res.json({ reached: true });
  });
});
const { atTheChallenge, atEnrollment, signedIn } = halfLoginsAt(portal);

beforeAll(async () => {
  await portal.mfa.policies.save('acme', { enabled: true, enrollment: 'required' });
});

beforeEach(() => {
  reached.length = 0;
});

afterAll(() => portal.mfa.settled());

async function expectAnonymous(guest: Member): Promise<void> {
  expect((await guest.getJson('/whoami')).body).toEqual({ authenticated: false, id: null });
  expect((await guest.getJson('/mfa/state')).body.signedIn).toBe(false);
  expect((await guest.getJson('/plain')).status).toBe(401);
}

describe.each([
  ['before the second factor', atTheChallenge],
  ['before enrollment', atEnrollment],
])('a login %s', (_name, begin) => {
  it('finds no other spelling of a path that leads inside', async () => {
    const { guest, person } = await begin();
    await guest.csrfToken();
    const cookie = `session=${guest.cookie('session')}`;
    const server = await startLoopbackServer(portal.app);
    const spellings = [
      '/Plain',
      '/mfa-x',
      '/mfaadmin',
      '/become/ada',
      '/MFA/../plain',
      '/mfa/../plain',
      '/mfa/..;/plain',
      '/mfa/%2e%2e/plain',
      '/mfa/..%2fplain',
      '//plain',
      '/./plain',
      '/plain/',
      '/plain;/mfa/login',
      '/plain?x=/mfa/login',
      '/plain%00',
      '/%70lain',
      '/mfa//../plain',
      '/logout/../plain',
      '/logout;/',
      '//logout',
      '/logout%2f..%2fplain',
      '/mfa/assets/../../plain',
      '/plain#/mfa/',
      'http://elsewhere.example/plain',
      '/\\plain',
      '/mfa\\..\\plain',
    ];
    for (const path of spellings) {
      const { status, text } = await sendRaw(server.url, {
        path,
        headers: { cookie, accept: 'application/json' },
      });
      expect([path, status >= 400, text.includes('plain":true')]).toEqual([path, true, false]);
    }
    await server.close();
    expect(reached).toEqual([]);
    await expectAnonymous(guest);
    expect(await portal.mfa.sessionsOf(person.id).list()).toEqual([]);
  });
});

describe('the steps of a login', () => {
  it('take the person from the server and never from the request', async () => {
    const other = await atTheChallenge();
    const { guest, person, code } = await atTheChallenge();
    const named = {
      userId: other.person.id,
      id: other.person.id,
      username: other.person.username,
      user: other.person,
    };
    const foreign = await guest.postJson('/mfa/challenge', {
      ...named,
      code: other.code(),
      challengeId: 'x',
      method: 'totp',
    });
    expect(foreign.body).toMatchObject({ outcome: 'rejected', because: 'wrong-code', attemptsLeft: 4 });
    expect(await portal.records.findMember(other.person.id, 'acme')).toMatchObject({
      guesses: { codes: NO_GUESSES },
    });
    const own = await guest.postJson('/mfa/challenge', { ...named, code: code(), assurance: 'none' });
    expect(own.body.outcome).toBe('signed-in');
    expect((await guest.getJson('/whoami')).body.id).toBe(person.id);
  });

  it('ask only factors of the person, and send nothing by others', async () => {
    const other = await atTheChallenge();
    const { guest } = await atTheChallenge();
    const sent = portal.outbox.messages.length;
    for (const authenticatorId of [
      'on-file-email',
      'on-file-sms',
      other.id,
      'recovery-codes',
      '__proto__',
      'totp',
      '',
    ]) {
      const answer = await guest.postJson('/mfa/challenge/factor', {
        authenticatorId,
        email: 'attacker@evil.example',
      });
      expect([authenticatorId, answer.status]).toEqual([authenticatorId, 400]);
      expect(answer.body).toMatchObject({ outcome: 'rejected', because: 'no-authenticator' });
    }
    expect(portal.outbox.messages).toHaveLength(sent);
  });

  it('never accept a recovery code alone', async () => {
    const { person, guest } = await signedIn();
    const [recoveryCode = ''] = await plantRecoveryCodes(portal, person.id, 1);
    await guest.postJson('/mfa/logout');
    const stranger = visit(portal);
    const answer = await stranger.postJson('/mfa/challenge', {
      username: person.username,
      code: recoveryCode,
    });
    expect(answer.status).toBe(401);
    await expectAnonymous(stranger);
    expect((await portal.records.findMember(person.id, 'acme')).recoveryCodesLeft).toBe(1);
  });
});

describe('two people in one browser', () => {
  it('suspends the session of the first when the second begins to sign in', async () => {
    const { guest } = await signedIn();
    const cookieOfFirst = guest.cookie('session');
    const second = addPerson(portal);
    await plantApp(portal, second.id);
    expect((await guest.logIn(second.username)).body.outcome).toBe('challenge');
    await expectAnonymous(guest);
    const old = await request(portal.app).get('/plain').set('cookie', `session=${cookieOfFirst}`);
    expect(old.status).not.toBe(200);
    await guest.postJson('/mfa/logout');
    await expectAnonymous(guest);
  });

  it('does not give the proofs of the first to the second', async () => {
    const { guest } = await signedIn();
    const second = addPerson(portal);
    await plantApp(portal, second.id);
    expect((await guest.postJson(`/become/${second.id}`)).body).toEqual({ became: second.id });
    const inside = await guest.getJson('/plain');
    expect(inside.status).toBe(401);
    expect(inside.body).toMatchObject({ outcome: 'challenge', because: 'assurance-too-low' });
  });
});
