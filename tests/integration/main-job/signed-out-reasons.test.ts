import { addPerson, visit } from '../../support/member';
import { textOf } from '../../support/page-text';
import { plantApp } from '../../support/planted';
import { createPortal } from '../../support/portal';
import { totpCode } from '../../support/totp';

const MINUTE = 60_000;

const ENDED = 'Your session was ended';
const EXPIRED = 'Your session expired';

async function openPortal(options: Parameters<typeof createPortal>[0] = {}) {
  const portal = createPortal(options);
  const policy = { enabled: true, enrollment: 'required', sessionDurationSeconds: 3600 } as const;
  await portal.mfa.policies.save('acme', { ...policy, idleTimeoutSeconds: 900 });
  const person = addPerson(portal);
  const { secret } = await plantApp(portal, person.id);
  const halfway = async (returnTo = '/plain') => {
    const browser = visit(portal);
    await browser.get(`/mfa/login?${new URLSearchParams({ returnTo }).toString()}`);
    await browser.post('/mfa/login', { username: person.username, password: person.password, returnTo });
    return browser;
  };
  const code = () => {
    portal.clock.advance(30_000);
    return totpCode(secret, portal.clock.now());
  };
  const signedIn = async () => {
    const browser = await halfway();
    const proven = await browser.post('/mfa/challenge', { code: code() });
    expect(proven.headers['location']).toBe('/plain');
    return browser;
  };
  return { portal, person, halfway, signedIn, code };
}

describe('the sign-in page', () => {
  it('says that a session was ended, and leads on to where it was going', async () => {
    const { portal, person, signedIn, code } = await openPortal();
    const browser = await signedIn();
    await portal.mfa.sessionsOf(person.id).endAll();
    const refused = await browser.get('/plain?page=2');
    expect(refused.headers['location']).toBe('/mfa/login?returnTo=%2Fplain%3Fpage%3D2&because=session-ended');
    const page = await browser.follow(refused);
    expect(textOf(page.text)).toContain(ENDED);
    expect(page.text).toContain('name="returnTo" value="/plain?page=2"');
    expect(page.text).not.toContain(person.name);
    const { username, password } = person;
    await browser.post('/mfa/login', { username, password, returnTo: '/plain?page=2' });
    const proven = await browser.post('/mfa/challenge', { code: code() });
    expect(proven.headers['location']).toBe('/plain?page=2');
  });

  it.each([
    ['at its time', 3600],
    ['for want of use', 900],
  ])('says that a session ran out: %s', async (_how, seconds) => {
    const { portal, signedIn } = await openPortal();
    const browser = await signedIn();
    if (seconds === 3600) await portal.mfa.policies.save('acme', { idleTimeoutSeconds: null });
    portal.clock.advance(seconds * 1000);
    const refused = await browser.get('/plain');
    expect(refused.headers['location']).toBe('/mfa/login?returnTo=%2Fplain&because=session-expired');
    expect(textOf((await browser.follow(refused)).text)).toContain(EXPIRED);
  });

  it('tells a form that came too late that it was not saved, and the way on', async () => {
    const { portal, person, signedIn } = await openPortal();
    const browser = await signedIn();
    await portal.mfa.sessionsOf(person.id).endAll();
    const refused = await browser.post('/', { note: 'long' });
    expect(refused.status).toBe(401);
    expect(textOf(refused.text)).toContain(ENDED);
    expect(textOf(refused.text)).toContain('What you sent wasn’t saved.');
    expect(refused.text).toContain('href="/mfa/login?because=session-ended"');
  });

  it('leads a form of our own on to where it would have led', async () => {
    const { portal, person, signedIn } = await openPortal();
    const browser = await signedIn();
    await portal.mfa.sessionsOf(person.id).endAll();
    const refused = await browser.post('/mfa/step-up', { code: '000000', returnTo: '/payouts' });
    expect(refused.text).toContain('href="/mfa/login?returnTo=%2Fpayouts&amp;because=session-ended"');
  });

  it('says nothing to somebody who was never here', async () => {
    const { portal } = await openPortal();
    const stranger = visit(portal);
    const refused = await stranger.get('/plain');
    expect(refused.headers['location']).toBe('/mfa/login?returnTo=%2Fplain');
    expect((await stranger.follow(refused)).text).not.toContain('class="notice');
  });

  it.each(['Your account is closed', 'session-ended ', 'no-session', 'toString', 'locked', ''])(
    'says nothing that an address makes up: %s',
    async (because) => {
      const { portal } = await openPortal();
      const query = new URLSearchParams({ because }).toString();
      const page = await visit(portal).get(`/mfa/login?${query}`);
      expect(page.status).toBe(200);
      expect(page.text).not.toContain('class="notice');
      const twice = await visit(portal).get('/mfa/login?because=session-ended&because=x&because[a]=b');
      expect(twice.text).not.toContain('class="notice');
    },
  );

  it('is told the same in JSON, with the reason beside it', async () => {
    const { portal, person, signedIn } = await openPortal();
    const browser = await signedIn();
    await portal.mfa.sessionsOf(person.id).endAll();
    expect((await browser.getJson('/plain')).body).toEqual({
      outcome: 'sign-in',
      because: 'session-ended',
      next: '/mfa/login?returnTo=%2Fplain&because=session-ended',
    });
  });
});

describe('a login that is not finished in time', () => {
  it('starts over with the reason, and still leads on to where it was going', async () => {
    const { portal, person, halfway, code } = await openPortal();
    const browser = await halfway();
    portal.clock.advance(11 * MINUTE);
    const over = await browser.get('/mfa/challenge');
    expect(over.status).toBe(401);
    expect(textOf(over.text)).toContain('Sign-in timed out');
    expect(over.text).toContain('name="returnTo" value="/plain"');
    expect(over.text).not.toContain(person.name);
    const { username, password } = person;
    await browser.post('/mfa/login', { username, password, returnTo: '/plain' });
    const proven = await browser.post('/mfa/challenge', { code: code() });
    expect(proven.headers['location']).toBe('/plain');
  });

  it('says so on every other page of ours, too', async () => {
    const { portal, halfway } = await openPortal();
    const browser = await halfway();
    portal.clock.advance(11 * MINUTE);
    const refused = await browser.get('/mfa/enroll');
    expect(refused.headers['location']).toBe('/mfa/login?returnTo=%2Fmfa%2Fenroll&because=login-expired');
    expect(textOf((await browser.follow(refused)).text)).toContain('Sign-in timed out');
  });

  it('says that it was stopped where every session was ended meanwhile', async () => {
    const { portal, person, halfway } = await openPortal();
    const browser = await halfway();
    await portal.mfa.sessionsOf(person.id).endAll();
    expect(textOf((await browser.get('/mfa/challenge')).text)).toContain('Sign-in stopped because');
  });
});

describe('a sign-in page of the host', () => {
  it.each([
    ['/signin', '/signin?'],
    ['/signin?theme=dark', '/signin?theme=dark&'],
  ])('is told by a word in its address: %s', async (loginPath, start) => {
    const { portal, person, signedIn } = await openPortal({ loginPath });
    const browser = await signedIn();
    await portal.mfa.sessionsOf(person.id).endAll();
    const refused = await browser.get('/plain');
    expect(refused.headers['location']).toBe(`${start}returnTo=%2Fplain&because=session-ended`);
  });

  it('is told of a login that took too long, by the page that says so itself', async () => {
    const { portal, halfway } = await openPortal({ loginPath: '/signin' });
    const browser = await halfway();
    portal.clock.advance(11 * MINUTE);
    const over = await browser.get('/mfa/challenge');
    expect(textOf(over.text)).toContain('Sign-in timed out');
    expect(over.text).toContain('href="/signin?returnTo=%2Fplain&amp;because=login-expired"');
  });
});
