import { giveApp } from '../../support/given-app';
import { visit } from '../../support/member';
import { createPortal, PASSWORD } from '../../support/portal';
import type { Portal } from '../../support/portal';

/*
 * The attack: somebody copied the cookie of a remembered browser, from a backup or a stolen disk, and knows the password.
 * One of the two copies is used first and goes on to a page, which shows that its answer arrived; the other one, coming later, gives
 * the theft away.
 */

async function withStolenCookie() {
  const portal = createPortal();
  await portal.mfa.policies.save('acme', {
    enabled: true,
    enrollment: 'required',
    rememberBrowserSeconds: 30 * 86_400,
  });
  const app = await giveApp(portal, 'ada');
  const owner = visit(portal);
  await owner.logIn('ada');
  await owner.postJson('/mfa/challenge', { code: app.nextCode(), rememberBrowser: true });
  await owner.postJson('/mfa/logout');
  await portal.mfa.settled();
  return { portal, owner, stolen: owner.cookie('mfa-browser') ?? '' };
}

async function logInWith(portal: Portal, value: string, username = 'ada') {
  const copy = visit(portal);
  await copy.csrfToken();
  const login = await copy.postJson(
    '/mfa/login',
    { username, password: PASSWORD },
    { cookie: `session=${copy.cookie('session') ?? ''}; mfa-browser=${value}` },
  );
  return { login, copy };
}

describe('a stolen browser token', () => {
  it('that comes after the owner’s is refused, ends the trust for both, and tells the owner', async () => {
    const { portal, owner, stolen } = await withStolenCookie();
    await owner.logIn('ada');
    await owner.postJson('/mfa/logout');
    portal.clock.advance(120_000);
    const { login, copy } = await logInWith(portal, stolen);
    expect(login.body).toMatchObject({ outcome: 'challenge' });
    expect((await copy.getJson('/whoami')).body).toEqual({ authenticated: false, id: null });
    expect((await owner.logIn('ada')).body).toMatchObject({ outcome: 'challenge' });
    await portal.mfa.settled();
    const { events } = await portal.records.listEvents({
      organizationId: 'acme',
      limit: 100,
      names: ['browser-token-replayed'],
    });
    expect(events).toHaveLength(1);
    expect(portal.outbox.messages.at(-1)).toMatchObject({
      to: 'ada@acme.example',
      subject: 'A remembered browser was forgotten',
    });
  });

  it('that comes first gives itself away at the owner’s next login', async () => {
    const { portal, owner, stolen } = await withStolenCookie();
    const { login, copy } = await logInWith(portal, stolen);
    expect(login.body).toMatchObject({ outcome: 'signed-in' });
    expect((await copy.getJson('/')).status).toBe(200);
    portal.clock.advance(120_000);
    expect((await owner.logIn('ada')).body).toMatchObject({ outcome: 'challenge' });
    expect(await portal.records.listBrowsers('ada', portal.clock.now())).toEqual([]);
  });

  it('that comes first and opens no page is worth nothing once the owner has signed in, and gives itself away', async () => {
    const { portal, owner, stolen } = await withStolenCookie();
    const { copy } = await logInWith(portal, stolen);
    const theirs = copy.cookie('mfa-browser') ?? '';
    portal.clock.advance(120_000);
    expect((await owner.logIn('ada')).body).toMatchObject({ outcome: 'signed-in' });
    expect(owner.cookie('mfa-browser')).not.toBe(theirs);
    portal.clock.advance(120_000);
    expect((await logInWith(portal, theirs)).login.body).toMatchObject({ outcome: 'challenge' });
    expect(await portal.records.listBrowsers('ada', portal.clock.now())).toEqual([]);
  });

  it('that is used within the minute after the owner’s gives itself away at the next login of either', async () => {
    const { portal, owner, stolen } = await withStolenCookie();
    await owner.logIn('ada');
    const { login, copy } = await logInWith(portal, stolen);
    expect(login.body).toMatchObject({ outcome: 'signed-in' });
    const theirs = copy.cookie('mfa-browser') ?? '';
    portal.clock.advance(86_400_000);
    await owner.logIn('ada');
    await owner.getJson('/');
    portal.clock.advance(86_400_000);
    expect((await logInWith(portal, theirs)).login.body).toMatchObject({ outcome: 'challenge' });
    expect(await portal.records.listBrowsers('ada', portal.clock.now())).toEqual([]);
  });

  it('is nothing without the password, and nothing for another account', async () => {
    const { portal, stolen } = await withStolenCookie();
    const stranger = visit(portal);
    await stranger.csrfToken();
    const cookie = `session=${stranger.cookie('session') ?? ''}; mfa-browser=${stolen}`;
    const guess = await stranger.postJson('/mfa/login', { username: 'ada', password: 'wrong' }, { cookie });
    expect(guess.status).toBe(401);
    expect((await stranger.getJson('/', { cookie })).status).toBe(401);
    await giveApp(portal, 'mary');
    const { login } = await logInWith(portal, stolen, 'mary');
    expect(login.body).toMatchObject({ outcome: 'challenge' });
    expect(await portal.records.listBrowsers('ada', portal.clock.now())).toHaveLength(1);
  });

  it('stands nowhere in the records, and its stored form opens nothing', async () => {
    const { portal, stolen } = await withStolenCookie();
    const [browser] = await portal.records.listBrowsers('ada', portal.clock.now());
    const [id = '', token = ''] = stolen.split('.');
    expect(JSON.stringify(browser)).not.toContain(token);
    const hash = browser?.tokenHash.split('.')[1] ?? '';
    expect((await logInWith(portal, `${id}.${hash}`)).login.body).toMatchObject({ outcome: 'challenge' });
  });
});
