import * as fc from 'fast-check';
import request from 'supertest';
import { holdVisit } from '../../support/held-visit';
import { addPerson, visit } from '../../support/member';
import type { Member } from '../../support/member';
import { plantApp } from '../../support/planted';
import { createPortal } from '../../support/portal';
import { totpCode } from '../../support/totp';

// The attack: what no form sends. Wrong types, other digits, very much of everything, names that mean something to
// JavaScript, broken bodies. Each gets a plain 4xx page or JSON, nothing is half done, and the process goes on.

const portal = createPortal();
const { clock } = portal;

beforeAll(async () => {
  await portal.mfa.policies.save('acme', { enabled: true, enrollment: 'required' });
});

afterEach(() => {
  expect(portal.errors.splice(0)).toEqual([]);
});

afterAll(() => portal.mfa.settled());

async function atTheChallenge() {
  const person = addPerson(portal);
  const { secret } = await plantApp(portal, person.id);
  const guest = visit(portal);
  await guest.logIn(person.username);
  return { person, guest, secret };
}

async function atEnrollment(): Promise<Member> {
  const guest = visit(portal);
  await guest.logIn(addPerson(portal).username);
  return guest;
}

const isRefused = (status: number) => status >= 400 && status < 500;
const huge = '1'.repeat(9000);

const NO_CODES: readonly unknown[] = [
  ['123456'],
  [['123456']],
  ['1', '2', '3', '4', '5', '6'],
  123_456,
  1e5,
  { 0: '123456' },
  { toString: '123456' },
  { $ne: '' },
  true,
  null,
  '',
  '12345',
  '1234567',
  '+123456',
  '-123456 7',
  '12345e',
  '1e5000',
  '0x1234',
  '１２３４５６',
  '١٢٣٤٥٦',
  '123456\0',
  '123456\n',
  '\u200B123456',
  '12345６',
  huge,
];

describe('a code that is none', () => {
  it('is refused as JSON, and counted nowhere', async () => {
    const { guest, person, secret } = await atTheChallenge();
    for (const code of NO_CODES) {
      const answer = await guest.postJson('/mfa/challenge', { code });
      expect([code, answer.status, answer.body.because]).toEqual([code, 400, 'malformed-code']);
    }
    const { guesses } = await portal.records.findMember(person.id, 'acme');
    expect(guesses.codes.failures).toBe(0);
    const spaced = totpCode(secret, clock.now()).replace(/^.../, '$& ');
    expect((await guest.postJson('/mfa/challenge', { code: ` ${spaced}-` })).body.outcome).toBe('signed-in');
  });

  it('is refused as a form, with the page again', async () => {
    const { guest } = await atTheChallenge();
    for (const field of [
      'code=1&code=123456',
      'code[]=123456',
      'code[a]=1',
      'code',
      '',
      `code=${huge}`,
      'code=%ff%fe',
    ]) {
      const token = await guest.csrfToken();
      const answer = await request(portal.app)
        .post('/mfa/challenge')
        .set({ accept: 'text/html', cookie: `session=${guest.cookie('session')}` })
        .type('form')
        .send(`_csrf=${token}&${field}`);
      expect([field, answer.status]).toEqual([field, 400]);
      expect(answer.headers['content-type']).toContain('text/html');
    }
    expect((await guest.getJson('/whoami')).body.authenticated).toBe(false);
  });

  it('is refused at enrollment and at a step-up', async () => {
    const enrolling = await atEnrollment();
    await enrolling.postJson('/mfa/enroll/totp');
    const { guest, secret } = await atTheChallenge();
    await guest.postJson('/mfa/challenge', { code: totpCode(secret, clock.now()) });
    for (const code of NO_CODES) {
      const enrolled = await enrolling.postJson('/mfa/enroll/totp/confirm', { code });
      const steppedUp = await guest.postJson('/mfa/step-up', { code });
      expect([code, enrolled.body.because, steppedUp.body.because]).toEqual([
        code,
        'malformed-code',
        'malformed-code',
      ]);
    }
  });
});

describe('an address that is none', () => {
  const PHONES: readonly unknown[] = [
    '',
    'abc',
    '1',
    '123',
    '+',
    '+1',
    '+999999999999',
    '+44 20 7946 0018 ext 5',
    '+442079460018,+15551234567',
    '+442079460018;ext=1',
    'tel:+442079460018',
    '+44207946001８',
    '+442079460018\r\nBcc: x',
    '+442079460018\0',
    ['+442079460018'],
    { phone: '+442079460018' },
    442_079_460_018,
    null,
    true,
    '911',
    huge,
    '__proto__',
  ];
  const EMAILS: readonly unknown[] = [
    'abc',
    '@',
    'a@',
    '@b',
    'a@b',
    'a b@c.example',
    'a@x.example,b@y.example',
    'a@x.example;b@y.example',
    'a@x.example b@y.example',
    'a@x.example\r\nBcc: b@y.example',
    'a@x.example\nb@y.example',
    'A <a@x.example>',
    '"a b"@x.example',
    'a@x.example\0',
    ['a@x.example'],
    ['a@x.example', 'b@y.example'],
    { email: 'a@x.example' },
    42,
    true,
    null,
    `${'a'.repeat(400)}@x.example`,
    'a@x..example',
    'group:a@x.example;',
    'a@[127.0.0.1]',
    'a%0d@x\texample',
  ];

  it.each([
    ['sms', 'phone', PHONES],
    ['email', 'email', EMAILS],
  ])('gets no code by %s', async (kind, name, values) => {
    const guest = await atEnrollment();
    const sent = portal.outbox.messages.length;
    for (const value of values) {
      const answer = await guest.postJson(`/mfa/enroll/${kind}`, { [name]: value });
      expect([value, answer.status, answer.body.outcome]).toEqual([value, 400, 'rejected']);
    }
    for (const value of values.filter((text) => typeof text === 'string' && text !== '')) {
      const page = await guest.post(`/mfa/enroll/${kind}`, { [name]: value });
      expect([value, page.status]).toEqual([value, 400]);
      expect(page.headers['content-type']).toContain('text/html');
    }
    expect(portal.outbox.messages).toHaveLength(sent);
  });
});

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

describe('a body that cannot be read', () => {
  const deep = `${'{"a":'.repeat(1500)}1${'}'.repeat(1500)}`;
  const many = Array.from({ length: 1000 }, (_, index) => `a${index}=1`).join('&');
  const BODIES: readonly (readonly [
    name: string,
    type: string,
    body: string,
    statuses: readonly number[],
  ])[] = [
    ['broken JSON', 'application/json', '{"code":', [400]],
    ['JSON that is no object', 'application/json', '"123456"', [400]],
    ['a list', 'application/json', '["123456"]', [400]],
    ['deep JSON', 'application/json', deep, [400, 413]],
    ['a megabyte of JSON', 'application/json', JSON.stringify({ code: '1'.repeat(1_000_000) }), [413]],
    ['a megabyte of form', 'application/x-www-form-urlencoded', `code=${'1'.repeat(1_000_000)}`, [413]],
    ['many parameters', 'application/x-www-form-urlencoded', many, [413]],
    ['ten thousand parameters', 'application/x-www-form-urlencoded', 'a=1&'.repeat(10_000), [413]],
    ['an unknown character set', 'application/json; charset=klingon', '{"code":"123456"}', [415]],
    ['text', 'text/plain', 'code=123456', [400]],
    ['XML', 'application/xml', '<code>123456</code>', [400]],
    [
      'several parts',
      'multipart/form-data; boundary=x',
      '--x\r\nContent-Disposition: form-data; name="code"\r\n\r\n123456\r\n--x--',
      [400],
    ],
    ['nothing', 'application/json', '', [400]],
  ];

  it.each(BODIES)('is refused: %s', async (_name, type, body, statuses) => {
    const { guest } = await atTheChallenge();
    const headers = { cookie: `session=${guest.cookie('session')}`, 'x-csrf-token': await guest.csrfToken() };
    for (const accept of ['application/json', 'text/html']) {
      const answer = await request(portal.app)
        .post('/mfa/challenge')
        .set({ ...headers, accept, 'content-type': type })
        .send(body);
      expect(statuses).toContain(answer.status);
      expect(answer.headers['content-type']).toContain(accept);
      expect(answer.headers['cache-control']).toBe('no-store');
      expect(answer.text).not.toMatch(/node_modules|\bat .*\.(js|ts):\d+|SyntaxError/);
    }
    expect((await guest.getJson('/whoami')).body.authenticated).toBe(false);
  });

  it.each(['gzip', 'br', 'unknown'])('is refused with the encoding %s', async (encoding) => {
    const { guest } = await atTheChallenge();
    const { cookie, token } = await holdVisit(guest);
    const answer = await request(portal.app)
      .post('/mfa/challenge')
      .set({ cookie, 'x-csrf-token': token, accept: 'application/json', 'content-type': 'application/json' })
      .set('content-encoding', encoding)
      .send('{"code":"123456"}');
    expect(isRefused(answer.status)).toBe(true);
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
    for (const path of [
      '/mfa/logout',
      '/mfa/challenge/resend',
      '/mfa/challenge/factor',
      '/mfa/enroll/skip',
    ]) {
      const answer = await request(portal.app).get(path).set({ cookie, accept: 'text/html' });
      expect([path, [404, 405].includes(answer.status)]).toEqual([path, true]);
    }
    const overridden = await request(portal.app)
      .get('/mfa/challenge?_method=POST&code=123456')
      .set({ cookie, accept: 'text/html', 'x-http-method-override': 'POST' });
    expect(overridden.status).toBe(200);
    expect((await portal.records.findMember('ada', 'acme')).guesses.codes.failures).toBe(0);
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
    const guest = await atEnrollment();
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
