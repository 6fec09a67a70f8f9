import * as fc from 'fast-check';
import request from 'supertest';
import { NO_GUESSES } from '../../../src/core/member/guess-counter';
import { halfLoginsAt } from '../../support/half-logins';
import { holdVisit } from '../../support/held-visit';
import { visit } from '../../support/member';
import { createPortal } from '../../support/portal';

// The attack: what no form sends. Passwords that are none, names that mean something to JavaScript, routes and methods that do
// not exist, any fields at all. Each gets a plain 4xx page or JSON, nothing is half done, and the process goes on.

const portal = createPortal();
const { atTheChallenge, atEnrollment } = halfLoginsAt(portal);

beforeAll(async () => {
  await portal.mfa.policies.save('acme', { enabled: true, enrollment: 'required' });
});

afterEach(() => {
  expect(portal.errors.splice(0)).toEqual([]);
});

afterAll(() => portal.mfa.settled());

const isRefused = (status: number) => status >= 400 && status < 500;
const huge = '1'.repeat(9000);

describe('a password that is none', () => {
  const NO_TEXT: readonly unknown[] = [
    ['ada'],
    { a: 'ada' },
    7,
    true,
    null,
    huge,
    '\0',
    '__proto__',
    'constructor',
    '',
  ];

  it.each(['/mfa/login', '/login'])('is refused at %s', async (path) => {
    for (const value of NO_TEXT) {
      for (const body of [
        { username: value, password: 'x' },
        { username: 'ada', password: value },
        { username: value, password: value },
      ]) {
        const guest = visit(portal);
        const answer = await guest.postJson(path, body);
        const isLedBack = answer.status === 302 && answer.headers['location'] === '/login?failed';
        expect([path, body, isLedBack || isRefused(answer.status)]).toEqual([path, body, true]);
        expect((await guest.getJson('/whoami')).body.authenticated).toBe(false);
      }
    }
  });
});

describe('names that mean something to JavaScript', () => {
  const NAMES = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'valueOf'];

  it('pollute nothing and choose nothing', async () => {
    const { guest } = await atTheChallenge();
    for (const name of NAMES) {
      const nested = `{"${name}":{"polluted":true,"code":"123456"},"code":"${name}","authenticatorId":"${name}"}`;
      for (const path of ['/mfa/challenge', '/mfa/challenge/factor', '/mfa/step-up', '/mfa/enroll/sms']) {
        const answer = await request(portal.app)
          .post(path)
          .set({
            'content-type': 'application/json',
            accept: 'application/json',
            cookie: `session=${guest.cookie('session')}`,
            'x-csrf-token': await guest.csrfToken(),
          })
          .send(nested);
        expect([path, name, isRefused(answer.status)]).toEqual([path, name, true]);
      }
      await guest.getJson(`/mfa/enroll/${name}`);
      await guest.getJson(`/mfa/state?${name}[polluted]=true&returnTo[${name}]=x`);
    }
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
    expect(Reflect.get(Function.prototype, 'polluted')).toBeUndefined();
  });
});

describe('routes and methods that do not exist', () => {
  it('are not found, in the language that was asked for', async () => {
    const { guest } = await atTheChallenge();
    const { cookie, token } = await holdVisit(guest);
    for (const path of [
      '/mfa/nothing',
      '/mfa/challenge/nothing',
      '/mfa/%E0%A4%A',
      '/mfa/enroll/webauthn',
      '/mfa/assets/../package.json',
      '/mfa/assets/nothing.css',
    ]) {
      for (const accept of ['application/json', 'text/html']) {
        const answer = await request(portal.app).get(path).set({ cookie, accept });
        expect([path, isRefused(answer.status)]).toEqual([path, true]);
        expect(answer.text).not.toContain('node_modules');
      }
    }
    for (const method of ['put', 'patch', 'delete'] as const) {
      for (const accept of ['application/json', 'text/html']) {
        const agent = request(portal.app);
        const answer = await agent[method]('/mfa/challenge')
          .set({ cookie, accept, 'x-csrf-token': token })
          .send({ code: '123456' });
        expect([404, 405]).toContain(answer.status);
        expect(answer.headers['content-type']).toContain(accept);
      }
    }
    const gone = await request(portal.app).get('/mfa/logout').set({ cookie, accept: 'text/html' });
    expect([404, 405]).toContain(gone.status);
    for (const [path, page] of [
      ['/mfa/challenge/resend', '/mfa/challenge'],
      ['/mfa/challenge/factor', '/mfa/challenge'],
      ['/mfa/enroll/skip', '/mfa/enroll'],
    ] as const) {
      const answer = await request(portal.app).get(path).set({ cookie, accept: 'text/html' });
      expect([path, answer.status, answer.headers['location']]).toEqual([path, 303, page]);
      const data = await request(portal.app).get(path).set({ cookie, accept: 'application/json' });
      expect([path, data.status]).toEqual([path, 404]);
    }
    const overridden = await request(portal.app)
      .get('/mfa/challenge?_method=POST&code=123456')
      .set({ cookie, accept: 'text/html', 'x-http-method-override': 'POST' });
    expect(overridden.status).toBe(200);
    expect((await portal.records.findMember('ada', 'acme')).guesses.codes).toEqual(NO_GUESSES);
  });
});

describe('any fields at all', () => {
  const PATHS = [
    '/mfa/login',
    '/mfa/challenge',
    '/mfa/challenge/factor',
    '/mfa/challenge/resend',
    '/mfa/step-up',
    '/mfa/enroll/skip',
    '/mfa/enroll/sms',
    '/mfa/enroll/email',
    '/mfa/enroll/email/confirm',
    '/mfa/enroll/totp/confirm',
    '/mfa/enroll/recovery-codes',
  ];
  const NAMES = [
    'code',
    'authenticatorId',
    'username',
    'password',
    'phone',
    'email',
    'label',
    'returnTo',
    'saved',
    '__proto__',
    '_csrf',
  ];

  it('never fail, and never sign anybody in', async () => {
    const { guest } = await atEnrollment();
    const { cookie, token } = await holdVisit(guest);
    const name = fc.oneof(fc.constantFrom(...NAMES), fc.string({ maxLength: 12 }));
    const value = fc.oneof(fc.string({ unit: 'binary', maxLength: 60 }), fc.jsonValue({ maxDepth: 3 }));
    const fields = fc.array(fc.tuple(name, value), { maxLength: 5 });
    const asking = fc.constantFrom('application/json', 'text/html');
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...PATHS), fields, asking, async (path, entries, accept) => {
        const body = JSON.stringify(Object.fromEntries(entries));
        const answer = await request(portal.app)
          .post(path)
          .set({ cookie, accept, 'x-csrf-token': token, 'content-type': 'application/json' })
          .send(body);
        expect(answer.status).toBeLessThan(500);
        expect(answer.body).not.toMatchObject({ outcome: 'signed-in' });
      }),
      { numRuns: 150, seed: 20_260_115 },
    );
    expect((await guest.getJson('/whoami')).body.authenticated).toBe(false);
  });
});
