import {
  createAdminHost,
  enrollApp,
  signIn,
  signInProtected,
  signInToChange,
} from '../../support/admin-host';
import type { AdminHost } from '../../support/admin-host';
import type { HttpAgent } from '../../support/http-agent';
import { textOf } from '../../support/page-text';

const SESSIONS = '/admin/mfa/acme/sessions';

interface Listed {
  readonly sessions: readonly { readonly id: string; readonly userId: string; readonly current: boolean }[];
  readonly nextCursor?: string;
}

async function list(agent: HttpAgent, query = ''): Promise<Listed> {
  const { body, status } = await agent.getJson(`${SESSIONS}${query}`);
  expect(status).toBe(200);
  return body as Listed;
}

const whose = ({ sessions }: Listed) => sessions.map(({ userId }) => userId);

describe('the sessions of an organization', () => {
  let host: AdminHost;
  let agent: HttpAgent;

  beforeEach(async () => {
    host = createAdminHost();
    ({ agent } = await signInProtected(host, 'ada'));
  });
  afterEach(() => host.mfa.close());

  it('are listed with name, browser, proof and when they were last seen', async () => {
    const mary = await signInToChange(host, 'mary');
    await enrollApp(host, mary);
    await signIn(host, 'grace');
    const listed = await list(agent);
    expect(whose(listed)).toEqual(['ada', 'mary']);
    expect(listed.sessions[1]).toMatchObject({
      name: 'Mary Jackson',
      browser: 'an unknown browser',
      methods: ['password', 'totp'],
      lastSeenAt: expect.any(Number),
      current: false,
    });
    const page = await agent.get(SESSIONS);
    expect(textOf(page.text)).toContain('Mary Jackson');
    expect(textOf(page.text)).toContain('Password and authenticator app');
    expect(textOf(page.text)).toContain('This session');
    expect(textOf(page.text)).not.toContain('Grace');
  });

  it('leave out those that ended: by the member, by an administrator, by time and by inactivity', async () => {
    const mary = await signIn(host, 'mary');
    await signIn(host, 'alan');
    await signIn(host, 'bob');
    expect(whose(await list(agent))).toEqual(['ada', 'alan', 'bob', 'mary']);
    await mary.postJson('/mfa/logout');
    await agent.postJson('/admin/mfa/acme/members/alan/end-sessions');
    expect(whose(await list(agent))).toEqual(['ada', 'bob']);
    await host.mfa.policies.save('acme', { idleTimeoutSeconds: 60 });
    host.clock.advance(40_000);
    expect(whose(await list(agent))).toEqual(['ada', 'bob']);
    host.clock.advance(40_000);
    expect(whose(await list(agent))).toEqual(['ada']);
    await host.mfa.policies.save('acme', { idleTimeoutSeconds: null });
    expect(await host.mfa.sessionsOf('bob').list()).toHaveLength(1);
    await host.mfa.policies.save('acme', { sessionDurationSeconds: 60 });
    expect(await host.mfa.sessionsOf('bob').list()).toEqual([]);
  });

  it('are searched by name and come in pages, each once', async () => {
    for (const name of ['mary', 'mary', 'sync']) await signIn(host, name);
    expect(whose(await list(agent, '?q=jackson'))).toEqual(['mary', 'mary']);
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const query: string = cursor === undefined ? '' : `&cursor=${encodeURIComponent(cursor)}`;
      const listed = await list(agent, `?limit=1${query}`);
      seen.push(...whose(listed));
      cursor = listed.nextCursor;
    } while (cursor !== undefined);
    expect(seen).toEqual(['ada', 'mary', 'mary', 'sync']);
  });

  it('are empty for a name that nobody has, and the page says so', async () => {
    const page = await agent.get(`${SESSIONS}?q=nobody`);
    expect(textOf(page.text)).toContain('No member with that name or email is signed in.');
  });

  it('end one by one, with an event that names the administrator', async () => {
    const ended = await signIn(host, 'mary');
    const kept = await signIn(host, 'mary');
    const [, ...own] = (await list(agent)).sessions;
    const { body } = await ended.getJson('/mfa/sessions');
    const mine = (body as Listed).sessions.find(({ current }) => current)?.id;
    expect(own.map(({ id }) => id)).toContain(mine);
    const answer = await agent.post(`/admin/mfa/acme/members/mary/sessions/${mine}/end`);
    expect(answer.headers['location']).toBe(`${SESSIONS}?done=session-ended`);
    expect(whose(await list(agent))).toEqual(['ada', 'mary']);
    expect((await ended.get('/')).headers['location']).toContain('/mfa/login');
    expect((await kept.get('/')).status).toBe(200);
    await host.mfa.settled();
    const events = await host.records.listEvents({ organizationId: 'acme', limit: 5 });
    expect(events.events).toContainEqual(
      expect.objectContaining({
        name: 'sessions-ended',
        userId: 'mary',
        actorId: 'ada',
        details: { scope: 'one' },
      }),
    );
  });

  it('end only where the session is of that member, in this organization', async () => {
    const grace = await signIn(host, 'grace');
    const [foreign] = await host.mfa.sessionsOf('grace').list();
    const [own] = (await list(agent)).sessions;
    for (const path of [
      `/admin/mfa/acme/members/grace/sessions/${foreign?.handle}/end`,
      `/admin/mfa/acme/members/mary/sessions/${foreign?.handle}/end`,
      `/admin/mfa/acme/members/mary/sessions/${own?.id}/end`,
    ])
      expect((await agent.postJson(path)).status).toBe(404);
    expect((await grace.get('/')).status).toBe(200);
    expect((await agent.get('/')).status).toBe(200);
  });

  it('that began in another organization are neither listed nor ended', async () => {
    await signIn(host, 'grace');
    const [before] = await host.mfa.sessionsOf('grace').list();
    const user = host.users.get('grace');
    if (user !== undefined) host.users.set('grace', { ...user, organizationId: 'acme' });
    expect(whose(await list(agent))).toEqual(['ada']);
    const path = `/admin/mfa/acme/members/grace/sessions/${before?.handle}/end`;
    expect((await agent.postJson(path)).status).toBe(404);
  });
});
