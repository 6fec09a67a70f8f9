import { giveApp } from '../../support/given-app';
import { visit } from '../../support/member';
import { createPortal } from '../../support/portal';
import type { Portal } from '../../support/portal';

const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';

async function twoSessions() {
  const portal = createPortal();
  await portal.mfa.policies.save('acme', { enabled: true, enrollment: 'required' });
  const app = await giveApp(portal, 'ada');
  const signIn = async () => {
    const browser = visit(portal);
    await browser.logIn('ada');
    const proven = await browser.postJson(
      '/mfa/challenge',
      { code: app.nextCode() },
      { 'user-agent': FIREFOX },
    );
    expect(proven.body).toMatchObject({ outcome: 'signed-in' });
    return browser;
  };
  const first = await signIn();
  const second = await signIn();
  return { portal, app, first, second };
}

const idsOf = async (browser: ReturnType<typeof visit>) => {
  const { sessions } = (await browser.getJson('/mfa/sessions')).body as {
    sessions: { id: string; current: boolean }[];
  };
  return {
    own: sessions.find(({ current }) => current)?.id ?? '',
    others: sessions.filter(({ current }) => !current).map(({ id }) => id),
  };
};

const eventsOf = async (portal: Portal, name: string) => {
  await portal.mfa.settled();
  return (await portal.records.listEvents({ organizationId: 'acme', limit: 100, names: [name] })).events;
};

describe('the sessions of a member', () => {
  it('are listed with browser, address, times and proof, and this one is marked', async () => {
    const { portal, second } = await twoSessions();
    const { sessions } = (await second.getJson('/mfa/sessions')).body;
    expect(sessions).toHaveLength(2);
    expect(sessions[0]).toEqual({
      id: expect.stringMatching(/^[\w-]{12}$/),
      browser: 'Firefox on Linux',
      address: expect.stringContaining('127.0.0.1'),
      startedAt: portal.clock.now(),
      lastSeenAt: portal.clock.now(),
      expiresAt: portal.clock.now() + 90 * 86_400_000,
      methods: ['password', 'totp'],
      current: true,
    });
    expect(sessions[1].current).toBe(false);
    const page = await second.get('/mfa/sessions');
    expect(page.text).toContain('Firefox on Linux');
    expect(page.text).toContain('Password and authenticator app');
    expect(page.text.match(/This session/g)).toHaveLength(1);
    portal.clock.advance(60_000);
    const [current, other] = (await second.getJson('/mfa/sessions')).body.sessions;
    expect(current.lastSeenAt - other.lastSeenAt).toBeGreaterThanOrEqual(60_000);
  });

  it('end one by one, each at its next request', async () => {
    const { portal, first, second } = await twoSessions();
    const [other = ''] = (await idsOf(second)).others;
    const ended = await second.post(`/mfa/sessions/${other}/end`);
    expect(ended.status).toBe(303);
    expect((await second.follow(ended)).text).toContain('Session ended.');
    expect((await first.getJson('/')).body).toMatchObject({ outcome: 'sign-in', because: 'session-ended' });
    expect((await first.getJson('/whoami')).body.authenticated).toBe(false);
    expect((await second.getJson('/')).status).toBe(200);
    expect(await eventsOf(portal, 'sessions-ended')).toHaveLength(1);
  });

  it('end all but this one', async () => {
    const { portal, first, second } = await twoSessions();
    const ended = await second.postJson('/mfa/sessions/end-others');
    expect(ended.body).toMatchObject({ outcome: 'ended', count: 1, next: '/mfa/sessions?ended=others' });
    expect((await first.getJson('/')).status).toBe(401);
    expect((await idsOf(second)).others).toEqual([]);
    expect(await eventsOf(portal, 'sessions-ended')).toMatchObject([
      { userId: 'ada', details: { scope: 'others', count: 1 } },
    ]);
  });

  it('leave the list when an epoch ends them', async () => {
    const { portal, app } = await twoSessions();
    await portal.mfa.sessionsOf('ada').endAll();
    const browser = visit(portal);
    await browser.logIn('ada');
    await browser.postJson('/mfa/challenge', { code: app.nextCode() });
    expect((await idsOf(browser)).others).toEqual([]);
  });

  it('are not revived by a request in progress', async () => {
    const { portal, first, second } = await twoSessions();
    const [other = ''] = (await idsOf(second)).others;
    const touchSession = portal.state.touchSession.bind(portal.state);
    let endedMeanwhile = false;
    // The first session's request has passed the guard's reading when the other ends it.
    portal.state.touchSession = async (userId, handle, seenAt) => {
      endedMeanwhile = await portal.state.endSession(userId, handle);
      return touchSession(userId, handle, seenAt);
    };
    portal.clock.advance(3_600_000);
    await first.getJson('/');
    portal.state.touchSession = touchSession;
    expect(endedMeanwhile).toBe(true);
    expect((await first.getJson('/')).status).toBe(401);
    expect((await idsOf(second)).others).not.toContain(other);
  });

  it('cannot be seen or ended by another person', async () => {
    const { portal, first, second } = await twoSessions();
    const { own } = await idsOf(second);
    const mary = visit(portal);
    const app = await giveApp(portal, 'mary');
    await mary.logIn('mary');
    expect((await mary.getJson('/mfa/sessions')).status).toBe(401);
    await mary.postJson('/mfa/challenge', { code: app.nextCode() });
    expect((await mary.postJson(`/mfa/sessions/${own}/end`)).status).toBe(404);
    expect((await mary.postJson('/mfa/sessions/__proto__/end')).status).toBe(404);
    expect((await second.getJson('/')).status).toBe(200);
    expect((await first.getJson('/')).status).toBe(200);
    expect((await visit(portal).getJson('/mfa/sessions')).status).toBe(401);
  });

  it('end only by a POST with the token of this session', async () => {
    const { first, second } = await twoSessions();
    const [other = ''] = (await idsOf(second)).others;
    expect((await second.get(`/mfa/sessions/${other}/end`)).headers['location']).toBe('/mfa/sessions');
    expect((await second.post(`/mfa/sessions/${other}/end`, { _csrf: 'wrong' })).status).toBe(403);
    expect((await first.getJson('/')).status).toBe(200);
  });
});

it('is not shown in a pending login, even if nothing more is asked', async () => {
  const { portal } = await twoSessions();
  const half = visit(portal);
  await half.logIn('ada');
  await portal.mfa.members.exempt(
    { userId: 'ada', organizationId: 'acme', actorId: 'root' },
    { reason: 'on a journey', until: portal.clock.now() + 3_600_000 },
  );
  const refused = await half.getJson('/mfa/sessions');
  expect([refused.status, refused.body.outcome]).toEqual([401, 'sign-in']);
  expect(refused.body).not.toHaveProperty('sessions');
});
