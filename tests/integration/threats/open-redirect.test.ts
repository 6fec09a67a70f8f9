import { addPerson, visit } from '../../support/member';
import { plantApp } from '../../support/planted';
import { createPortal } from '../../support/portal';
import { totpCode } from '../../support/totp';

// The attack: a link to the real sign-in page whose `returnTo` leads, after a real login, to a copy of the site.

const ELSEWHERE: readonly string[] = [
  'https://evil.example',
  'http://evil.example/',
  '//evil.example',
  '///evil.example',
  '////evil.example',
  '/\\evil.example',
  '\\\\evil.example',
  '\\/evil.example',
  '/\\/evil.example',
  '/\t/evil.example',
  '/\n/evil.example',
  '\t//evil.example',
  ' //evil.example',
  '/ /evil.example',
  'javascript:alert(1)',
  'java\nscript:alert(1)',
  'data:text/html,x',
  'vbscript:x',
  'https:evil.example',
  'https:/evil.example',
  'evil.example',
  'http:///evil.example',
  '/.//evil.example',
  '/..//evil.example',
  '/a/..//evil.example',
  '/./\\evil.example',
  '/%09/evil.example/..//x',
  '/\u2028/evil.example',
  '/\u00a0//evil.example',
  '@evil.example',
  'https://localhost@evil.example',
  'https://localhost.evil.example',
  '?next=//evil.example',
  '#//evil.example',
  '/\r\nLocation: https://evil.example',
  '/\0//evil.example',
  '/／evil.example',
  '〱//evil.example',
  '/\u202eevil',
  '.evil.example',
];

const STAYS: readonly (readonly [given: string, next: string])[] = [
  ['/reports?year=2026&to=//x#part', '/reports?year=2026&to=//x#part'],
  ['/a/../b', '/b'],
  ['/search?q=https://evil.example', '/search?q=https://evil.example'],
];

const ORIGIN = 'http://localhost';
const portal = createPortal();

afterAll(() => portal.mfa.settled());

function expectLocal(given: unknown, next: unknown): void {
  expect([given, typeof next]).toEqual([given, 'string']);
  const url = new URL(String(next), `${ORIGIN}/mfa/login`);
  expect([given, url.origin]).toEqual([given, ORIGIN]);
  expect([given, /^\/(?![/\\])/.test(String(next))]).toEqual([given, true]);
}

describe('the way on after a login', () => {
  it.each(ELSEWHERE)('stays on the site for %j', async (returnTo) => {
    const person = addPerson(portal);
    const json = visit(portal);
    const signedIn = await json.postJson('/mfa/login', {
      username: person.username,
      password: person.password,
      returnTo,
    });
    expect(signedIn.body.outcome).toBe('signed-in');
    expectLocal(returnTo, signedIn.body.next);

    const browser = visit(portal);
    const page = await browser.get(`/mfa/login?${new URLSearchParams({ returnTo }).toString()}`);
    const kept = /name="returnTo" value="([^"]*)"/.exec(page.text)?.[1] ?? '/';
    expectLocal(returnTo, kept);
    const form = await browser.post('/mfa/login', {
      username: person.username,
      password: person.password,
      returnTo,
    });
    expect(form.status).toBe(303);
    expectLocal(returnTo, form.headers['location']);
    const again = await browser.get(`/mfa/login?${new URLSearchParams({ returnTo }).toString()}`);
    expectLocal(returnTo, again.headers['location']);
  });

  it.each([
    ['an array', ['//evil.example']],
    ['an object', { a: '//evil.example' }],
    ['a number', 7],
  ])('ignores %s', async (_name, returnTo) => {
    const person = addPerson(portal);
    const { body } = await visit(portal).postJson('/mfa/login', {
      username: person.username,
      password: person.password,
      returnTo,
    });
    expect(body.next).toBe('/');
  });

  it.each(STAYS)('leads to %s', async (returnTo, next) => {
    const person = addPerson(portal);
    const body = { username: person.username, password: person.password, returnTo };
    expect((await visit(portal).postJson('/mfa/login', body)).body.next).toBe(next);
  });

  it('is kept over the second factor, and checked again there', async () => {
    await portal.mfa.policies.save('strict', { enabled: true, enrollment: 'assigned' });
    const person = addPerson(portal, { organizationId: 'strict' });
    const { secret } = await plantApp(portal, person.id);
    const guest = visit(portal);
    await guest.postJson('/mfa/login', {
      username: person.username,
      password: person.password,
      returnTo: '/reports',
    });
    const code = totpCode(secret, portal.clock.now());
    const answer = await guest.postJson('/mfa/challenge?returnTo=//evil.example', {
      code,
      returnTo: '//evil.example',
    });
    expect(answer.body).toMatchObject({ outcome: 'signed-in', next: '/reports' });
  });

  it('does not carry the path of a request elsewhere', async () => {
    const stranger = visit(portal);
    const paths = ['/plain?x=//evil.example', '//evil.example/plain', '/\\evil.example'];
    const answers = await Promise.all(paths.map((path) => stranger.get(path)));
    const origins = answers.map(({ headers }) => new URL(headers['location'] ?? '/', ORIGIN).origin);
    expect(origins).toEqual([ORIGIN, ORIGIN, ORIGIN]);
  });
});
