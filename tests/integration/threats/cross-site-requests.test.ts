import request from 'supertest';
import { holdVisit } from '../../support/held-visit';
import { addPerson, visit } from '../../support/member';
import type { Member } from '../../support/member';
import { plantAddress, plantApp } from '../../support/planted';
import { createPortal } from '../../support/portal';
import { totpCode } from '../../support/totp';

// The attack: another site makes the victim's browser send a form, follow a link or load a page ahead. Without the token
// of this very session nothing changes, nothing is sent, and no answer can be read or framed elsewhere.

const portal = createPortal();
const { clock } = portal;

beforeAll(async () => {
  await portal.mfa.policies.save('acme', { enabled: true, enrollment: 'required' });
});

afterAll(() => portal.mfa.settled());

const FORMS = [
  '/mfa/login',
  '/mfa/logout',
  '/mfa/challenge',
  '/mfa/challenge/factor',
  '/mfa/challenge/resend',
  '/mfa/step-up',
  '/mfa/enroll/skip',
  '/mfa/enroll/totp',
  '/mfa/enroll/totp/confirm',
  '/mfa/enroll/sms',
  '/mfa/enroll/sms/confirm',
  '/mfa/enroll/sms/resend',
  '/mfa/enroll/email',
  '/mfa/enroll/email/confirm',
  '/mfa/enroll/email/resend',
  '/mfa/enroll/recovery-codes',
  '/mfa/enroll/recovery-codes/download',
  '/mfa/settings/recovery-codes',
  '/mfa/settings/authenticators/x/rename',
  '/mfa/settings/authenticators/x/remove',
  '/mfa/sessions/end-others',
  '/mfa/sessions/x/end',
  '/mfa/nothing',
];

async function signedIn() {
  const person = addPerson(portal);
  const { secret } = await plantApp(portal, person.id);
  const guest = visit(portal);
  await guest.logIn(person.username);
  const beforeProof = await guest.csrfToken();
  await guest.postJson('/mfa/challenge', { code: totpCode(secret, clock.now()) });
  clock.advance(30_000);
  expect((await guest.getJson('/')).status).toBe(200);
  return { person, guest, beforeProof };
}

function postForm(guest: Member, path: string, body: string, headers: Readonly<Record<string, string>> = {}) {
  const cookie = `session=${guest.cookie('session')}`;
  const form = { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json', cookie };
  return request(portal.app)
    .post(path)
    .set({ ...form, ...headers })
    .send(body);
}

describe('a form from another site', () => {
  it('does nothing without the token of this session', async () => {
    const { guest, person, beforeProof } = await signedIn();
    const other = await holdVisit((await signedIn()).guest);
    const { token } = await holdVisit(guest);
    const bodies: [string, string, Readonly<Record<string, string>>][] = [
      ['no token', 'code=123456', {}],
      ['an empty token', '_csrf=', {}],
      ['the token of another visitor', `_csrf=${other.token}`, {}],
      ['the token from before the second factor', `_csrf=${beforeProof}`, {}],
      [
        'the token in a cookie',
        `_csrf=chosen`,
        { cookie: `session=${guest.cookie('session')}; _csrf=chosen; csrf-token=chosen` },
      ],
      ['the token in a list', `_csrf=${token}&_csrf=${token}`, {}],
      ['the token cut short', `_csrf=${token.slice(0, -1)}`, {}],
      ['a plain body', `_csrf=${token}`, { 'content-type': 'text/plain' }],
      [
        'a body of several parts',
        `--x\r\nContent-Disposition: form-data; name="_csrf"\r\n\r\n${token}\r\n--x--`,
        { 'content-type': 'multipart/form-data; boundary=x' },
      ],
      ['JSON said to be text', `{"_csrf":"${token}"}`, { 'content-type': 'text/plain' }],
      ['the right token from another site', `_csrf=${token}`, { 'sec-fetch-site': 'cross-site' }],
    ];
    for (const path of FORMS) {
      for (const [what, body, headers] of bodies) {
        const answer = await postForm(guest, path, body, headers);
        expect([path, what, answer.status, answer.body.because]).toEqual([
          path,
          what,
          403,
          'csrf-token-refused',
        ]);
      }
      expect((await postForm(guest, `${path}?_csrf=${token}`, '')).status).toBe(403);
    }
    expect((await guest.getJson('/')).status).toBe(200);
    expect(await portal.mfa.sessionsOf(person.id).list()).toHaveLength(1);
    expect((await postForm(guest, '/mfa/logout', `_csrf=${token}`)).status).toBe(200);
    expect((await guest.getJson('/')).status).toBe(401);
  });

  it('does nothing before anybody is signed in either', async () => {
    const person = addPerson(portal);
    const body = `username=${person.username}&password=${encodeURIComponent(person.password)}`;
    const stranger = await request(portal.app)
      .post('/mfa/login')
      .type('form')
      .set('accept', 'application/json')
      .send(body);
    expect([stranger.status, stranger.body.because]).toEqual([403, 'csrf-token-refused']);
    expect(stranger.headers['set-cookie']).toBeUndefined();
  });

  it('has a new token after each change of the session id, and no old one of a session', async () => {
    const person = addPerson(portal);
    const { secret } = await plantApp(portal, person.id);
    const guest = visit(portal);
    const ofVisitor = await guest.csrfToken();
    await guest.logIn(person.username);
    const tokens = [await guest.csrfToken()];
    await guest.postJson('/mfa/challenge', { code: totpCode(secret, clock.now()) });
    tokens.push(await guest.csrfToken());
    clock.advance(30_000);
    await guest.postJson('/mfa/step-up', { code: totpCode(secret, clock.now()) });
    tokens.push(await guest.csrfToken());
    await guest.postJson('/mfa/logout');
    tokens.push(await guest.csrfToken());
    expect(new Set(tokens).size).toBe(tokens.length);
    // The visitor's token is bound to a cookie that stays, so it may come back after the log-out.
    expect(tokens.slice(0, -1)).not.toContain(ofVisitor);
    for (const token of tokens) expect(token).toMatch(/^[0-9a-f]{64}$/);
  });
});

describe('a link, a prefetch or a HEAD', () => {
  it('sends nothing, uses nothing up and changes nothing', async () => {
    const person = addPerson(portal);
    const phone = person.phone ?? '';
    await plantAddress(portal, person.id, { kind: 'sms', destination: phone });
    await plantAddress(portal, person.id, { kind: 'email', destination: person.email ?? '' });
    const guest = visit(portal);
    await guest.logIn(person.username);
    const sent = portal.outbox.messages.length;
    const code = guest.newestCode(phone);
    clock.advance(30_000);
    const cookie = `session=${guest.cookie('session')}`;
    const paths = [
      ...FORMS,
      `/mfa/challenge?code=${code}`,
      '/mfa/state',
      '/mfa/enroll',
      '/mfa/settings',
      '/mfa/sessions',
      '/mfa/login',
      `/mfa/challenge?authenticatorId=on-file-email&_method=POST`,
    ];
    for (const path of paths) {
      for (const headers of [{}, { purpose: 'prefetch', 'sec-purpose': 'prefetch' }]) {
        await request(portal.app)
          .get(path)
          .set({ cookie, accept: 'text/html', ...headers });
        await request(portal.app)
          .head(path)
          .set({ cookie, accept: 'text/html', ...headers });
        await request(portal.app)
          .options(path)
          .set({ cookie, ...headers });
      }
    }
    expect(portal.outbox.messages).toHaveLength(sent);
    expect((await guest.postJson('/mfa/challenge', { code })).body.outcome).toBe('signed-in');
  });
});
