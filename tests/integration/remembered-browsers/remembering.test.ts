import { giveApp, giveRecoveryCode } from '../../support/given-app';
import { visit } from '../../support/member';
import type { Member } from '../../support/member';
import { createPortal, TEST_KEY } from '../../support/portal';
import type { Portal } from '../../support/portal';

const DAYS_30 = 30 * 86_400;
const NEW_KEY = 'q3Yl0mPzUe5t7nXb9kR2wVgHs4JdFc8aQoLi1TyZxNA=';

async function rememberingPortal(rememberBrowserSeconds = DAYS_30) {
  const portal = createPortal();
  await portal.mfa.policies.save('acme', { enabled: true, enrollment: 'required', rememberBrowserSeconds });
  const app = await giveApp(portal, 'ada');
  const prove = (agent: Member, fields: object = { rememberBrowser: true }) =>
    agent.postJson('/mfa/challenge', { code: app.nextCode(), ...fields });
  return { portal, prove };
}

async function remembered(seconds?: number) {
  const world = await rememberingPortal(seconds);
  const browser = visit(world.portal);
  await browser.logIn('ada');
  expect((await world.prove(browser)).body).toMatchObject({ outcome: 'signed-in' });
  await browser.postJson('/mfa/logout');
  return { ...world, browser };
}

const eventsOf = async (portal: Portal, name: string) => {
  await portal.mfa.settled();
  return (await portal.records.listEvents({ organizationId: 'acme', limit: 100, names: [name] })).events;
};

describe('a remembered browser', () => {
  it('is not asked for a code at later logins, and its token is a new one each time', async () => {
    const { portal, browser } = await remembered();
    const tokens = new Set([browser.cookie('mfa-browser')]);
    for (let login = 0; login < 3; login += 1) {
      portal.clock.advance(86_400_000);
      expect((await browser.logIn('ada')).body).toMatchObject({ outcome: 'signed-in', because: 'satisfied' });
      expect((await browser.getJson('/')).body.session).toMatchObject({
        assurance: 'single-factor',
        amr: ['pwd'],
      });
      tokens.add(browser.cookie('mfa-browser'));
      await browser.postJson('/mfa/logout');
    }
    expect(tokens.size).toBe(4);
    expect(await eventsOf(portal, 'browser-remembered')).toHaveLength(1);
  });

  it('keeps its token in a cookie for this host alone that no script reads', async () => {
    const world = await rememberingPortal();
    const browser = visit(world.portal);
    await browser.logIn('ada');
    const answer = await world.prove(browser);
    const cookies = answer.headers['set-cookie'] as unknown as string[];
    const cookie = cookies.find((text) => text.startsWith('mfa-browser='));
    expect(cookie).toMatch(
      /^mfa-browser=[\w-]{22}\.[\w-]{43}; Max-Age=2592000; Path=\/; .*HttpOnly; SameSite=Lax$/,
    );
  });

  it('is remembered only where the box is ticked and the policy has it', async () => {
    const { portal, prove } = await rememberingPortal();
    const browser = visit(portal);
    await browser.logIn('ada');
    await prove(browser, {});
    expect(browser.cookie('mfa-browser')).toBeUndefined();
    await portal.mfa.policies.save('acme', { rememberBrowserSeconds: 0 });
    const other = visit(portal);
    await other.logIn('ada');
    await prove(other);
    expect(other.cookie('mfa-browser')).toBeUndefined();
  });

  it('is offered on the page of the challenge, with the days of the policy', async () => {
    const { portal } = await rememberingPortal();
    await giveRecoveryCode(portal, 'ada');
    const browser = visit(portal);
    await browser.logIn('ada');
    expect((await browser.get('/mfa/challenge')).text).toContain(
      'Don’t ask again in this browser for 30 days',
    );
    await browser.postJson('/mfa/challenge/factor', { authenticatorId: 'recovery-codes' });
    expect((await browser.get('/mfa/challenge')).text).not.toContain('rememberBrowser');
  });

  it('is asked again at the end that the policy sets, which use does not move', async () => {
    const { portal, browser } = await remembered();
    portal.clock.advance((DAYS_30 - 60) * 1000);
    expect((await browser.logIn('ada')).body).toMatchObject({ outcome: 'signed-in' });
    await browser.postJson('/mfa/logout');
    portal.clock.advance(61_000);
    expect((await browser.logIn('ada')).body).toMatchObject({ outcome: 'challenge' });
  });

  it.each([
    [
      'the policy is shortened',
      (portal: Portal) => portal.mfa.policies.save('acme', { rememberBrowserSeconds: 60 }),
    ],
    ['all sessions of the user end', (portal: Portal) => portal.mfa.sessionsOf('ada').endAll()],
    ['all sessions of the organization end', (portal: Portal) => portal.mfa.policies.endAllSessions('acme')],
    [
      'a factor is added',
      (portal: Portal) =>
        portal.records.addAuthenticator('ada', {
          id: 'second',
          kind: 'totp',
          label: 'Tablet',
          createdAt: portal.clock.now(),
          lastUsedAt: null,
          failures: 0,
          disabledAt: null,
          state: {},
          sealedSecret: 'sealed',
          maskedDestination: null,
        }),
    ],
    [
      'an administrator assigns another kind',
      (portal: Portal) =>
        portal.mfa.members.save(
          { userId: 'ada', organizationId: 'acme' },
          { enabled: true, assignedKind: 'totp' },
        ),
    ],
  ])('is asked again when %s', async (_when, change) => {
    const { portal, browser } = await remembered();
    portal.clock.advance(120_000);
    await change(portal);
    expect((await browser.logIn('ada')).body).toMatchObject({ outcome: 'challenge' });
    expect((await browser.getJson('/whoami')).body.authenticated).toBe(false);
    expect(browser.cookie('mfa-browser')).toBeUndefined();
    expect(await portal.records.listBrowsers('ada', portal.clock.now())).toEqual([]);
    expect(await eventsOf(portal, 'browser-forgotten')).toMatchObject([
      { userId: 'ada', details: { because: 'no-longer-trusted' } },
    ]);
  });

  it('is asked again when the clock that dated it turns out to be ahead, which is reported', async () => {
    const { portal, browser } = await remembered();
    portal.clock.advance(-3_600_000);
    expect((await browser.logIn('ada')).body).toMatchObject({ outcome: 'challenge' });
    const told = portal.errors.filter((error) => String(error).includes('The date of a remembered browser'));
    expect(told).toHaveLength(1);
  });

  it('never steps up, and a recovery code never makes one', async () => {
    const { portal, browser } = await remembered();
    await browser.logIn('ada');
    expect((await browser.postJson('/payouts')).status).toBe(401);
    const recoveryCode = await giveRecoveryCode(portal, 'ada');
    const other = visit(portal);
    await other.logIn('ada');
    await other.postJson('/mfa/challenge/factor', { authenticatorId: 'recovery-codes' });
    const used = await other.postJson('/mfa/challenge', { code: recoveryCode, rememberBrowser: true });
    expect(used.body).toMatchObject({ outcome: 'signed-in' });
    expect(other.cookie('mfa-browser')).toBeUndefined();
  });

  it('stands in for its own user and organization only, and survives the login of another', async () => {
    const { portal, browser } = await remembered();
    await giveApp(portal, 'mary');
    expect((await browser.logIn('mary')).body).toMatchObject({ outcome: 'challenge' });
    await browser.postJson('/mfa/logout');
    expect((await browser.logIn('ada')).body).toMatchObject({ outcome: 'signed-in' });
    await browser.postJson('/mfa/logout');
    const ada = portal.users.get('ada');
    if (ada === undefined) throw new Error('No Ada.');
    portal.users.set('ada', { ...ada, organizationId: 'globex' });
    await portal.mfa.policies.save('globex', {
      enabled: true,
      enrollment: 'required',
      rememberBrowserSeconds: DAYS_30,
    });
    expect((await browser.logIn('ada')).body).toMatchObject({ outcome: 'challenge' });
  });

  it.each([0, 59_000, 120_000, 86_400_000])(
    'signs in again with the token before, %i ms after an answer that was lost, and raises no alarm',
    async (later) => {
      const { portal, browser } = await remembered();
      const before = browser.cookie('mfa-browser') ?? '';
      await browserWith(portal, before);
      portal.clock.advance(later);
      const retried = await browserWith(portal, before);
      expect(retried.outcome).toBe('signed-in');
      await retried.copy.getJson('/');
      portal.clock.advance(86_400_000);
      expect((await browserWith(portal, retried.cookie ?? '')).outcome).toBe('signed-in');
      await expectNoAlarm(portal);
    },
  );

  it('signs in however often its answers are lost', async () => {
    const { portal, browser } = await remembered();
    const before = browser.cookie('mfa-browser') ?? '';
    for (let lost = 0; lost < 4; lost += 1) {
      expect((await browserWith(portal, before)).outcome).toBe('signed-in');
      portal.clock.advance(3_600_000);
    }
    await expectNoAlarm(portal);
  });

  it('signs in from several tabs at once, which all get the same next token', async () => {
    const { portal, browser } = await remembered();
    const before = browser.cookie('mfa-browser') ?? '';
    const tabs = await Promise.all(Array.from({ length: 5 }, () => browserWith(portal, before)));
    expect(tabs.map(({ outcome }) => outcome)).toEqual(Array.from({ length: 5 }, () => 'signed-in'));
    expect(new Set(tabs.map(({ cookie }) => cookie)).size).toBe(1);
    for (const { copy } of tabs) expect((await copy.getJson('/')).status).toBe(200);
    // One that was slow: its answer came after another tab had gone on with the next token.
    portal.clock.advance(30_000);
    expect(await browserWith(portal, before)).toMatchObject({
      outcome: 'signed-in',
      cookie: tabs[0]?.cookie,
    });
    portal.clock.advance(86_400_000);
    expect((await browserWith(portal, tabs[0]?.cookie ?? '')).outcome).toBe('signed-in');
    await expectNoAlarm(portal);
  });

  it('is remembered on, where the key of the ring changes between two tabs', async () => {
    const { portal, browser } = await remembered();
    const before = browser.cookie('mfa-browser') ?? '';
    const first = await browserWith(portal, before);
    const { records, state, clock } = portal;
    const other = createPortal({ records, state, clock, keys: [NEW_KEY, TEST_KEY] });
    const second = await browserWith({ ...other, clock }, before);
    expect(second).toMatchObject({ outcome: 'signed-in', cookie: first.cookie });
  });
});

async function expectNoAlarm(portal: Portal): Promise<void> {
  expect(await eventsOf(portal, 'browser-token-replayed')).toEqual([]);
  expect(portal.outbox.messages.filter(({ subject }) => subject?.includes('forgotten'))).toEqual([]);
  expect(await portal.records.listBrowsers('ada', portal.clock.now())).toHaveLength(1);
}

/** A login by somebody who holds only this value of the cookie. */
async function browserWith(portal: Portal, value: string) {
  const copy = visit(portal);
  await copy.csrfToken();
  const session = copy.cookie('session') ?? '';
  const login = await copy.postJson(
    '/mfa/login',
    { username: 'ada', password: 'correct horse battery staple' },
    { cookie: `session=${session}; mfa-browser=${value}` },
  );
  return { outcome: login.body.outcome as string, cookie: copy.cookie('mfa-browser'), copy };
}

describe('the list of remembered browsers', () => {
  it('shows each with its browser, address and times, and marks this one', async () => {
    const { portal, browser } = await remembered();
    await browser.logIn('ada');
    const list = await browser.getJson('/mfa/settings/remembered-browsers');
    expect(list.body.rememberedBrowsers).toEqual([
      {
        id: expect.stringMatching(/^[\w-]{22}$/),
        browser: 'an unknown browser',
        address: expect.stringContaining('127.0.0.1'),
        createdAt: expect.any(Number),
        lastUsedAt: portal.clock.now(),
        expiresAt: expect.any(Number),
        current: true,
      },
    ]);
    expect(JSON.stringify(list.body)).not.toMatch(/token/i);
  });

  it('ends one, and all, and nobody else’s', async () => {
    const { portal, browser, prove } = await remembered();
    const [{ id } = { id: '' }] = await portal.records.listBrowsers('ada', portal.clock.now());
    const mary = visit(portal);
    const app = await giveApp(portal, 'mary');
    await mary.logIn('mary');
    await mary.postJson('/mfa/challenge', { code: app.nextCode() });
    expect((await mary.postJson(`/mfa/settings/remembered-browsers/${id}/forget`)).status).toBe(404);
    expect(await portal.records.listBrowsers('ada', portal.clock.now())).toHaveLength(1);
    await browser.logIn('ada');
    const forgotten = await browser.postJson(`/mfa/settings/remembered-browsers/${id}/forget`);
    expect(forgotten.body).toMatchObject({ outcome: 'forgotten', next: '/mfa/settings' });
    expect(browser.cookie('mfa-browser')).toBeUndefined();
    await browser.postJson('/mfa/logout');
    expect((await browser.logIn('ada')).body).toMatchObject({ outcome: 'challenge' });
    await prove(browser);
    expect((await browser.postJson('/mfa/settings/remembered-browsers/forget-all')).body).toMatchObject({
      outcome: 'forgotten',
      count: 1,
    });
    expect(await eventsOf(portal, 'browser-forgotten')).toHaveLength(2);
  });
});
