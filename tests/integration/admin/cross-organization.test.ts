import { createAdminHost, signInToChange } from '../../support/admin-host';
import type { AdminHost } from '../../support/admin-host';
import { adminRoutes } from '../../support/admin-routes';
import type { AdminRouteCase } from '../../support/admin-routes';
import type { HttpAgent } from '../../support/http-agent';

// An administrator types the ids of another organization, or of another organization's people, into every address.

async function stateOf({ records, mfa }: AdminHost) {
  await mfa.settled();
  const organizations = ['acme', 'globex', 'initech', 'nowhere'];
  const people = ['ada', 'alan', 'mary', 'grace', 'linus', 'ken', 'root', 'nobody'];
  return {
    policies: await Promise.all(organizations.map((id) => records.findPolicy(id))),
    members: await Promise.all(
      people.flatMap((id) => ['acme', 'globex', 'initech'].map((org) => records.findMember(id, org))),
    ),
  };
}

function send(agent: HttpAgent, base: string, { method, path, body }: AdminRouteCase, json: boolean) {
  if (method === 'GET') return json ? agent.getJson(`${base}${path}`) : agent.get(`${base}${path}`);
  return json ? agent.postJson(`${base}${path}`, body) : agent.post(`${base}${path}`, body);
}

describe('an administrator of initech', () => {
  let host: AdminHost;
  let agent: HttpAgent;
  let before: Awaited<ReturnType<typeof stateOf>>;

  beforeAll(async () => {
    host = createAdminHost();
    await host.mfa.members.exempt(
      { userId: 'alan', organizationId: 'acme', actorId: 'ada' },
      { reason: 'sync', until: host.clock.now() + 86_400_000 },
    );
    agent = await signInToChange(host, 'root');
    before = await stateOf(host);
  });

  afterEach(async () => {
    expect(await stateOf(host)).toEqual(before);
    expect(host.outbox.messages).toEqual([]);
  });

  it.each(adminRoutes('alan').map((route) => [`${route.method} ${route.path}`, route] as const))(
    'finds nothing of acme at %s, in JSON and HTML',
    async (_name, route) => {
      for (const json of [true, false]) {
        const foreign = await send(agent, '/admin/mfa/acme', route, json);
        const unknown = await send(agent, '/admin/mfa/nowhere', route, json);
        expect([foreign.status, unknown.status]).toEqual([404, 404]);
        const plain = (text: string) => text.replaceAll(/name="_csrf" value="[^"]*"/g, '');
        expect(plain(foreign.text)).toBe(plain(unknown.text));
        expect(foreign.text).not.toContain('Acme Corp');
      }
    },
  );

  it.each(
    adminRoutes('alan')
      .filter(({ member }) => member === true)
      .map((route) => [`${route.method} ${route.path}`, route] as const),
  )('does not reach a member of acme through its own path at %s', async (_name, route) => {
    const unknown = adminRoutes('nobody').find(
      ({ method, path }) => method === route.method && path === route.path.replace('alan', 'nobody'),
    );
    for (const json of [true, false]) {
      const foreign = await send(agent, '/admin/mfa/initech', route, json);
      expect(foreign.status).toBe(404);
      const other = unknown === undefined ? foreign : await send(agent, '/admin/mfa/initech', unknown, json);
      expect(other.status).toBe(404);
      expect(foreign.text).not.toContain('alan@acme.example');
    }
  });

  it.each(['../acme', '..%2facme', 'acme%00', '__proto__', 'constructor', '%E0%A4%A', '%20'])(
    'finds nothing at /admin/mfa/%s',
    async (id) => {
      const answered = await agent.getJson(`/admin/mfa/${id}`);
      expect([400, 404]).toContain(answered.status);
    },
  );

  it('sees its own members only, however it asks', async () => {
    const listed = await agent.getJson('/admin/mfa/initech/members?organizationId=acme&q=');
    const { members } = listed.body as { members: { id: string }[] };
    expect(members.map(({ id }) => id).toSorted()).toEqual(['ken', 'root']);
    const events = await agent.getJson('/admin/mfa/initech/events?user=alan');
    expect(events.body).toMatchObject({ events: [] });
  });
});

describe('an organization without the feature', () => {
  it('has no pages, by the option and by what the host says of it', async () => {
    const off = createAdminHost({ featureAvailable: (id) => id !== 'initech' });
    const agent = await signInToChange(off, 'root');
    expect((await agent.getJson('/admin/mfa/initech')).status).toBe(404);
    expect((await agent.getJson('/admin/mfa')).status).toBe(403);
    const named = createAdminHost({
      admin: { organizationsOf: () => [{ id: 'initech', name: 'Initech', featureAvailable: false }] },
    });
    const other = await signInToChange(named, 'root');
    expect((await other.getJson('/admin/mfa/initech/members')).status).toBe(404);
  });
});
