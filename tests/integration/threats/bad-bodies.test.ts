import request from 'supertest';
import { halfLoginsAt } from '../../support/half-logins';
import { holdVisit } from '../../support/held-visit';
import { createPortal } from '../../support/portal';

// The attack: bodies that are broken, very large, or not what they say. Each gets a plain 4xx page or JSON that says nothing of
// what reads them.

const portal = createPortal();
const { atTheChallenge } = halfLoginsAt(portal);

beforeAll(async () => {
  await portal.mfa.policies.save('acme', { enabled: true, enrollment: 'required' });
});

afterEach(() => {
  expect(portal.errors.splice(0)).toEqual([]);
});

afterAll(() => portal.mfa.settled());

const isRefused = (status: number) => status >= 400 && status < 500;

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
