import type { MfaEvent } from '../../../src/index';
import { createAdminHost, signIn, signInToChange, signInWithPlantedApp } from '../../support/admin-host';
import type { AdminHost } from '../../support/admin-host';
import type { HttpAgent } from '../../support/http-agent';
import { plantApp } from '../../support/planted';

// Each verb is called in one host, and its page is used in another that is just the same. What changed, what was reported and who
// was told must be the same too, whether it was done or refused.

type Mfa = AdminHost['mfa'];

interface Pair {
  readonly name: string;
  readonly before?: (host: AdminHost) => Promise<unknown>;
  readonly page: (agent: HttpAgent, host: AdminHost) => Promise<{ readonly status: number }>;
  readonly verb: (mfa: Mfa, host: AdminHost) => Promise<unknown>;
}

const DAY = 86_400_000;
const ADMIN = '/admin/mfa/acme';
const byAda = { organizationId: 'acme', actorId: 'ada' };
const mary = { ...byAda, userId: 'mary' };
const bob = { ...byAda, userId: 'bob' };
const stranger = { ...byAda, userId: 'grace' };
const later = (host: AdminHost) => host.clock.now() + 30 * DAY;

/** Who did it is told apart from where: a page has an address and a verb has none. */
const withoutOrigin = ({ name, userId, actorId, organizationId, details }: MfaEvent) => ({
  name,
  userId,
  actorId,
  organizationId,
  details,
});

async function setUp(pair: Pick<Pair, 'before'>) {
  const host = createAdminHost();
  await host.mfa.policies.save('acme', {
    enabled: true,
    enrollment: 'assigned',
    methods: ['totp', 'email'],
  });
  const { agent } = await signInWithPlantedApp(host, 'ada');
  await plantApp(host, 'mary');
  await plantApp(host, 'bob');
  await pair.before?.(host);
  await host.mfa.settled();
  const events: MfaEvent[] = [];
  host.mfa.events.on('event', (event) => events.push(event));
  const sent = host.outbox.messages.length;
  return {
    host,
    agent,
    async effects() {
      await host.mfa.settled();
      const members = await host.records.findMembers(['ada', 'mary', 'bob', 'grace'], 'acme');
      return {
        events: events.map(withoutOrigin),
        mails: host.outbox.messages.slice(sent).map(({ to, subject }) => ({ to, subject })),
        members: members.map(({ settings, authenticators, guesses }) => ({
          settings,
          guesses,
          kinds: authenticators.map(({ kind }) => kind),
        })),
        policy: (await host.records.findPolicy('acme')).policy,
        ended: await endedOf(host),
      };
    },
  };
}

/** Three wrong codes of one challenge, which an unlock takes back. */
async function guessWrongly(host: AdminHost, userId: string): Promise<void> {
  const challenge = await host.mfa.challenges.begin({ userId });
  if (challenge.outcome !== 'challenge') throw new Error(`It is ${challenge.outcome}.`);
  const { challengeId } = challenge;
  const origin = { address: '192.0.2.7', userAgent: 'Firefox' };
  for (const code of ['000000', '111111', '222222'])
    // oxlint-disable-next-line no-await-in-loop
    await host.mfa.challenges.answer({ userId }, { challengeId, code, origin });
}

/** Whose sessions an epoch ended: the values themselves are random. */
async function endedOf(host: AdminHost) {
  const listed = await Promise.all(['ada', 'mary', 'bob'].map((id) => host.mfa.sessionsOf(id).list()));
  return listed.map((sessions) => sessions.length);
}

const DONE: readonly Pair[] = [
  {
    name: 'policies.save',
    page: (agent) => agent.postJson(`${ADMIN}/policy`, { methods: ['totp'], skips: 3 }),
    verb: (mfa) => mfa.policies.save('acme', { methods: ['totp'], skips: 3 }, { actorId: 'ada' }),
  },
  {
    name: 'policies.save, to disable MFA',
    page: (agent) => agent.postJson(`${ADMIN}/disable`, { confirm: true }),
    verb: (mfa) => mfa.policies.save('acme', { enabled: false }, { actorId: 'ada' }),
  },
  {
    name: 'policies.endAllSessions',
    page: (agent) => agent.postJson(`${ADMIN}/sessions/end-all`, {}),
    verb: (mfa) => mfa.policies.endAllSessions('acme', { actorId: 'ada' }),
  },
  {
    name: 'members.save',
    page: (agent) =>
      agent.postJson(`${ADMIN}/members/mary/settings`, { enabled: true, assignedKind: 'email' }),
    verb: (mfa) => mfa.members.save(mary, { enabled: true, assignedKind: 'email' }),
  },
  {
    name: 'members.save, to disable MFA for a member',
    before: (host) => host.mfa.members.save(mary, { enabled: true, assignedKind: 'email' }),
    page: (agent) => agent.postJson(`${ADMIN}/members/mary/settings`, { enabled: false }),
    verb: (mfa) => mfa.members.save(mary, { enabled: false }),
  },
  {
    name: 'members.exempt',
    page: (agent, host) =>
      agent.postJson(`${ADMIN}/members/bob/exemption`, { reason: ' On\nleave ', until: later(host) }),
    verb: (mfa, host) => mfa.members.exempt(bob, { reason: ' On\nleave ', until: later(host) }),
  },
  {
    name: 'members.endExemption',
    before: (host) => host.mfa.members.exempt(mary, { reason: 'On leave', until: later(host) }),
    page: (agent) => agent.postJson(`${ADMIN}/members/mary/exemption/end`, {}),
    verb: (mfa) => mfa.members.endExemption(mary),
  },
  {
    name: 'members.endExemption, where there is none',
    page: (agent) => agent.postJson(`${ADMIN}/members/mary/exemption/end`, {}),
    verb: (mfa) => mfa.members.endExemption(mary),
  },
  {
    name: 'members.reset',
    page: (agent) => agent.postJson(`${ADMIN}/members/mary/reset`, { reason: 'The phone is lost' }),
    verb: (mfa) => mfa.members.reset(mary, { reason: 'The phone is lost' }),
  },
  {
    name: 'members.reset, of another administrator',
    before: async (host) => host.administrators.set('alan', ['acme']),
    page: (agent) => agent.postJson(`${ADMIN}/members/bob/reset`, { reason: 'The phone is lost' }),
    verb: (mfa) => mfa.members.reset(bob, { reason: 'The phone is lost' }),
  },
  {
    name: 'members.unlock, after wrong codes',
    before: (host) => guessWrongly(host, 'mary'),
    page: (agent) => agent.postJson(`${ADMIN}/members/mary/unlock`, {}),
    verb: (mfa) => mfa.members.unlock(mary),
  },
  {
    name: 'members.exempt, of another administrator',
    before: async (host) => {
      host.administrators.set('alan', ['acme']);
      host.administrators.set('bob', ['acme']);
    },
    page: (agent, host) =>
      agent.postJson(`${ADMIN}/members/bob/exemption`, { reason: 'On leave', until: later(host) }),
    verb: (mfa, host) => mfa.members.exempt(bob, { reason: 'On leave', until: later(host) }),
  },
  {
    name: 'members.unlock',
    page: (agent) => agent.postJson(`${ADMIN}/members/mary/unlock`, {}),
    verb: (mfa) => mfa.members.unlock(mary),
  },
  {
    name: 'members.changeMany, to assign a method',
    page: (agent) =>
      agent.postJson(`${ADMIN}/bulk`, { act: 'assign', assignedKind: 'email', user: ['mary', 'bob'] }),
    verb: (mfa) =>
      mfa.members.changeMany(
        { organizationId: 'acme', userIds: ['mary', 'bob'], actorId: 'ada' },
        { act: 'assign', assignedKind: 'email' },
      ),
  },
  {
    name: 'members.changeMany, to end sessions',
    page: (agent) => agent.postJson(`${ADMIN}/bulk`, { act: 'end-sessions', filter: 'all' }),
    verb: (mfa) =>
      mfa.members.changeMany(
        { organizationId: 'acme', filter: 'all', actorId: 'ada' },
        { act: 'end-sessions' },
      ),
  },
  {
    name: 'sessionsOf().endAll',
    page: (agent) => agent.postJson(`${ADMIN}/members/ada/end-sessions`, {}),
    verb: (mfa) => mfa.sessionsOf('ada').endAll({ actorId: 'ada' }),
  },
];

const REFUSED: readonly Pair[] = [
  {
    name: 'policies.save, of a policy that nobody could meet',
    page: (agent) => agent.postJson(`${ADMIN}/policy`, { methods: [] }),
    verb: (mfa) => mfa.policies.save('acme', { methods: [] }, { actorId: 'ada' }),
  },
  {
    name: 'policies.save, of a grace that is over',
    page: (agent, host) => agent.postJson(`${ADMIN}/policy`, { graceUntil: host.clock.now() - DAY }),
    verb: (mfa, host) =>
      mfa.policies.save('acme', { graceUntil: host.clock.now() - DAY }, { actorId: 'ada' }),
  },
  {
    name: 'policies.save, of what is no rule',
    page: (agent) => agent.postJson(`${ADMIN}/policy`, { enrollment: 'require' }),
    verb: (mfa) => mfa.policies.save('acme', Object({ enrollment: 'require' })),
  },
  {
    name: 'policies.save, of a misspelled rule',
    page: (agent) => agent.postJson(`${ADMIN}/policy`, { enabled: true, enrolment: 'required' }),
    verb: (mfa) => mfa.policies.save('acme', Object({ enabled: true, enrolment: 'required' })),
  },
  {
    name: 'members.save, of a misspelled setting',
    page: (agent) =>
      agent.postJson(`${ADMIN}/members/mary/settings`, { enabled: true, asignedKind: 'email' }),
    verb: (mfa) => mfa.members.save(mary, Object({ enabled: true, asignedKind: 'email' })),
  },
  {
    name: 'members.exempt, with a misspelled field',
    page: (agent, host) =>
      agent.postJson(`${ADMIN}/members/mary/exemption`, {
        reason: 'On leave',
        until: later(host),
        untill: 1,
      }),
    verb: (mfa, host) =>
      mfa.members.exempt(mary, Object({ reason: 'On leave', until: later(host), untill: 1 })),
  },
  {
    name: 'members.save, of a kind that the policy forbids',
    page: (agent) => agent.postJson(`${ADMIN}/members/mary/settings`, { enabled: true, assignedKind: 'sms' }),
    verb: (mfa) => mfa.members.save(mary, { enabled: true, assignedKind: 'sms' }),
  },
  {
    name: 'members.save, of oneself switched off',
    before: (host) => host.mfa.members.save({ ...byAda, userId: 'ada' }, { enabled: true }),
    page: (agent) => agent.postJson(`${ADMIN}/members/ada/settings`, { enabled: false }),
    verb: (mfa) => mfa.members.save({ ...byAda, userId: 'ada' }, { enabled: false }),
  },
  {
    name: 'members.exempt, of oneself',
    page: (agent, host) =>
      agent.postJson(`${ADMIN}/members/ada/exemption`, { reason: 'On leave', until: later(host) }),
    verb: (mfa, host) =>
      mfa.members.exempt({ ...byAda, userId: 'ada' }, { reason: 'On leave', until: later(host) }),
  },
  {
    name: 'members.exempt, without a reason',
    page: (agent, host) =>
      agent.postJson(`${ADMIN}/members/mary/exemption`, { reason: ' \n', until: later(host) }),
    verb: (mfa, host) => mfa.members.exempt(mary, { reason: ' \n', until: later(host) }),
  },
  {
    name: 'members.exempt, until now',
    page: (agent, host) =>
      agent.postJson(`${ADMIN}/members/mary/exemption`, { reason: 'On leave', until: host.clock.now() }),
    verb: (mfa, host) => mfa.members.exempt(mary, { reason: 'On leave', until: host.clock.now() }),
  },
  {
    name: 'members.exempt, for more than ten years',
    page: (agent, host) =>
      agent.postJson(`${ADMIN}/members/mary/exemption`, {
        reason: 'On leave',
        until: host.clock.now() + 3661 * DAY,
      }),
    verb: (mfa, host) =>
      mfa.members.exempt(mary, { reason: 'On leave', until: host.clock.now() + 3661 * DAY }),
  },
  {
    name: 'members.reset, without a reason',
    page: (agent) => agent.postJson(`${ADMIN}/members/mary/reset`, { reason: '' }),
    verb: (mfa) => mfa.members.reset(mary, { reason: '' }),
  },
];

const UNKNOWN: readonly Pair[] = [
  {
    name: 'members.save',
    page: (agent) => agent.postJson(`${ADMIN}/members/grace/settings`, { enabled: true }),
    verb: (mfa) => mfa.members.save(stranger, { enabled: true }),
  },
  {
    name: 'members.exempt',
    page: (agent, host) =>
      agent.postJson(`${ADMIN}/members/grace/exemption`, { reason: 'On leave', until: later(host) }),
    verb: (mfa, host) => mfa.members.exempt(stranger, { reason: 'On leave', until: later(host) }),
  },
  {
    name: 'members.endExemption',
    page: (agent) => agent.postJson(`${ADMIN}/members/grace/exemption/end`, {}),
    verb: (mfa) => mfa.members.endExemption(stranger),
  },
  {
    name: 'members.reset',
    page: (agent) => agent.postJson(`${ADMIN}/members/grace/reset`, { reason: 'The phone is lost' }),
    verb: (mfa) => mfa.members.reset(stranger, { reason: 'The phone is lost' }),
  },
  {
    name: 'members.unlock',
    page: (agent) => agent.postJson(`${ADMIN}/members/grace/unlock`, {}),
    verb: (mfa) => mfa.members.unlock(stranger),
  },
];

/** Compared in tests of their own, here and in factors-in-code. */
const READING = [
  'policies.get',
  'members.get',
  'members.list',
  'members.findProgress',
  'members.remind',
  'authenticators.list',
  'authenticators.begin',
  'authenticators.confirm',
  'challenges.begin',
  'challenges.answer',
  'sessionsOf().list',
  'sessionsOf().end',
];

/** For the command and for code; no page does the same. */
const WITHOUT_PAGE = [
  'authenticators.import',
  'members.describe',
  'members.explain',
  'members.report',
  'organizations.forget',
  'users.forget',
];

const rejectionOf = (act: Promise<unknown>): Promise<unknown> =>
  act.then(
    () => null,
    (error: unknown) => error,
  );

describe('a verb beside its page', () => {
  it('is every verb there is', async () => {
    const { mfa } = createAdminHost();
    const parts = Object.entries(mfa).filter(
      ([part, api]: [string, unknown]) => typeof api === 'object' && part !== 'events',
    );
    const named = [...parts, ['sessionsOf()', mfa.sessionsOf('ada')] as const];
    const verbs = named.flatMap(([part, api]) => Object.keys(api).map((verb) => `${part}.${verb}`));
    const compared = [...DONE.map(({ name }) => name.replace(/,.*/, '')), ...READING, ...WITHOUT_PAGE];
    expect([...new Set(compared)].toSorted()).toEqual(verbs.toSorted());
  });

  it.each(DONE)('does the same: $name', async (pair) => {
    const [byPage, byVerb] = await Promise.all([setUp(pair), setUp(pair)]);
    expect((await pair.page(byPage.agent, byPage.host)).status).toBe(200);
    await pair.verb(byVerb.host.mfa, byVerb.host);
    const effects = await byVerb.effects();
    expect(effects).toEqual(await byPage.effects());
    expect(effects.events.every(({ actorId }) => actorId === 'ada')).toBe(true);
  });

  it.each(REFUSED)('refuses the same, by throwing: $name', async (pair) => {
    const [byPage, byVerb] = await Promise.all([setUp(pair), setUp(pair)]);
    const untouched = await byVerb.effects();
    expect([400, 403]).toContain((await pair.page(byPage.agent, byPage.host)).status);
    expect(await rejectionOf(pair.verb(byVerb.host.mfa, byVerb.host))).toMatchObject({
      name: 'ConfigurationError',
    });
    const effects = await byVerb.effects();
    expect(effects).toEqual(untouched);
    expect(effects).toEqual(await byPage.effects());
  });

  it.each(UNKNOWN)('finds nobody of another organization: $name', async (pair) => {
    const [byPage, byVerb] = await Promise.all([setUp(pair), setUp(pair)]);
    const untouched = await byVerb.effects();
    expect((await pair.page(byPage.agent, byPage.host)).status).toBe(404);
    expect(await pair.verb(byVerb.host.mfa, byVerb.host)).toEqual({ outcome: 'not-found' });
    expect(await byVerb.effects()).toEqual(untouched);
    expect(await byPage.effects()).toEqual(untouched);
  });

  it('tells the owner of a reset, and the other administrators of one of their own', async () => {
    const { host, effects } = await setUp({
      before: async ({ administrators }) => administrators.set('alan', ['acme']),
    });
    await host.mfa.members.reset(bob, { reason: 'The phone is lost' });
    const { mails } = await effects();
    expect(mails.map(({ to }) => to).toSorted()).toEqual(['alan@acme.example', 'bob@acme.example']);
  });

  it('lets nobody lock themselves out', async () => {
    const change = { enabled: true, enrollment: 'required', methods: ['email'] } as const;
    const host = createAdminHost();
    const { email: _email, ...root } = host.users.get('root') ?? { id: 'root', name: '', organizationId: '' };
    host.users.set('root', root);
    const agent = await signInToChange(host, 'root');
    const answered = await agent.postJson('/admin/mfa/initech/policy', change);
    expect(answered.body).toMatchObject({ because: 'would-lock-you-out' });
    await expect(host.mfa.policies.save('initech', change, { actorId: 'root' })).rejects.toMatchObject({
      name: 'ConfigurationError',
      because: 'would-lock-you-out',
    });
    expect((await host.mfa.policies.get('initech')).version).toBe(0);
    expect(await host.mfa.policies.save('initech', change)).toMatchObject({ outcome: 'saved' });
  });
});

describe('a JSON body with a misspelled name', () => {
  it('is told which was meant', async () => {
    const { agent } = await setUp({});
    const refused = await agent.postJson(`${ADMIN}/policy`, { enabled: true, enrolment: 'required' });
    expect(refused.body).toMatchObject({
      outcome: 'rejected',
      because: 'unknown-field',
      field: 'enrolment',
      message: 'There is no field of this name. Did you mean enrollment?',
    });
    const preview = await agent.postJson(`${ADMIN}/policy/preview`, { methodes: ['totp'] });
    expect([preview.status, preview.body.field]).toEqual([400, 'methodes']);
  });

  it('says nothing of a member of another organization', async () => {
    const { agent } = await setUp({});
    const known = await agent.postJson(`${ADMIN}/members/mary/settings`, { enabled: true, xyzzy: 1 });
    expect([known.status, known.body.because]).toEqual([400, 'unknown-field']);
    const foreign = await agent.postJson(`${ADMIN}/members/grace/settings`, { enabled: true, xyzzy: 1 });
    expect(foreign.status).toBe(404);
  });

  it('may be the policy as it was read', async () => {
    const { agent } = await setUp({});
    const { body } = await agent.getJson(`${ADMIN}/policy`);
    expect((await agent.postJson(`${ADMIN}/policy`, body.policy)).status).toBe(200);
  });
});

describe('what a verb reads', () => {
  it('is what its page shows', async () => {
    const { host, agent } = await setUp({});
    const { mfa } = host;
    const second = await signIn(host, 'ada');
    await mfa.members.save(mary, { enabled: true, assignedKind: 'email' });
    const policy = await agent.getJson(`${ADMIN}/policy`);
    expect(await mfa.policies.get('acme')).toEqual(policy.body.policy);
    const page = await agent.getJson(`${ADMIN}/members/mary`);
    expect(await mfa.members.get(mary)).toMatchObject(page.body.member.settings);
    expect(await mfa.members.get(stranger)).toBeNull();
    for (const filter of ['all', 'totp', 'not-configured'] as const) {
      // oxlint-disable-next-line no-await-in-loop
      const list = await agent.getJson(`${ADMIN}/members?filter=${filter}&limit=2`);
      // oxlint-disable-next-line no-await-in-loop
      const listed = await mfa.members.list({ organizationId: 'acme', filter, limit: 2 });
      const { counts: _counts, ...shown } = list.body;
      expect(JSON.parse(JSON.stringify(listed))).toEqual(shown);
    }
    expect((await agent.getJson(`${ADMIN}/members/grace`)).status).toBe(404);
    const settings = await agent.getJson('/mfa/settings');
    expect(settings.body.authenticators).toHaveLength(1);
    expect(settings.body.authenticators).toMatchObject(
      (await mfa.authenticators.list('ada')).map(({ disabledAt: _disabledAt, ...shown }) => shown),
    );
    expect((await second.getJson('/mfa/state')).body.pending).not.toBeNull();
    const sessions = await agent.getJson('/mfa/sessions');
    const handles = (sessions.body.sessions as { id: string }[]).map(({ id }) => id);
    expect((await mfa.sessionsOf('ada').list()).map(({ handle }) => handle)).toEqual(handles);
  });

  it('lists no session that has ended, as the page does not', async () => {
    const { host, agent } = await setUp({});
    const [session] = await host.mfa.sessionsOf('ada').list();
    expect(Object.keys(session ?? {})).not.toContain('epochs');
    await host.mfa.policies.endAllSessions('acme');
    expect(await host.mfa.sessionsOf('ada').list()).toEqual([]);
    expect((await agent.getJson('/mfa/sessions')).status).toBe(401);
  });

  it('ends one session with the event of the page', async () => {
    const pages = await setUp({});
    const verbs = await setUp({});
    const sessions = await pages.agent.getJson('/mfa/sessions');
    const [shown] = sessions.body.sessions as { id: string }[];
    expect((await pages.agent.postJson(`/mfa/sessions/${shown?.id}/end`, {})).status).toBe(200);
    const [listed] = await verbs.host.mfa.sessionsOf('ada').list();
    expect(await verbs.host.mfa.sessionsOf('ada').end(listed?.handle ?? '')).toBe(true);
    expect(await verbs.host.mfa.sessionsOf('ada').end(listed?.handle ?? '')).toBe(false);
    const { events } = await verbs.effects();
    expect(events).toEqual((await pages.effects()).events.map((event) => ({ ...event, actorId: 'host' })));
    expect(events).toHaveLength(1);
  });
});

describe('what a verb gave', () => {
  it('is taken by the verb that saves it', async () => {
    const { host } = await setUp({});
    const { mfa, clock } = host;
    const policy = await mfa.policies.get('acme');
    expect(await mfa.policies.save('acme', policy)).toMatchObject({ outcome: 'saved' });
    expect(await mfa.policies.save('acme', policy)).toMatchObject({ outcome: 'conflict' });
    await mfa.members.exempt(mary, { reason: 'On leave', until: clock.now() + DAY });
    const settings = await mfa.members.get(mary);
    if (settings?.exemption === null || settings === null) throw new Error('There is no exemption.');
    expect(await mfa.members.save(mary, { ...settings, enabled: true })).toEqual({ outcome: 'saved' });
    const longer = { ...settings.exemption, until: clock.now() + 2 * DAY };
    expect(await mfa.members.exempt(mary, longer)).toMatchObject({ outcome: 'granted' });
    expect(await mfa.members.get(mary)).toMatchObject({ enabled: true, exemption: { until: longer.until } });
  });

  it.each([
    ['skipsUsed', { skipsUsed: 5 }],
    ['exemption', { exemption: { reason: 'x', until: 1, grantedBy: 'x', grantedAt: 1 } }],
  ])('is not lost unseen where it is changed to what is not saved there: %s', async (field, change) => {
    const { host, effects } = await setUp({});
    const before = await effects();
    await expect(host.mfa.members.save(mary, { enabled: true, ...change })).rejects.toMatchObject({
      option: `members.save.settings.${field}`,
      because: 'read-only',
    });
    expect(await effects()).toEqual(before);
  });

  it('belongs to its own organization', async () => {
    const { host } = await setUp({});
    const policy = await host.mfa.policies.get('acme');
    await expect(host.mfa.policies.save('globex', policy)).rejects.toMatchObject({
      option: 'policies.save.change.organizationId',
    });
    await expect(
      host.mfa.policies.save('acme', policy, { expectedVersion: policy.version + 1 }),
    ).rejects.toMatchObject({ option: 'policies.save.change.version' });
  });
});

describe('a verb that leaves something out', () => {
  it('acts for the host, on the organization of the person', async () => {
    const { host, effects } = await setUp({});
    await host.mfa.members.save({ userId: 'mary' }, { enabled: true });
    await host.mfa.sessionsOf('mary').endAll();
    expect((await host.mfa.members.get({ userId: 'mary' }))?.enabled).toBe(true);
    const { events } = await effects();
    expect(events).toMatchObject([
      { name: 'member-changed', userId: 'mary', organizationId: 'acme', actorId: 'host' },
      { name: 'sessions-ended', userId: 'mary', organizationId: 'acme', actorId: 'host' },
    ]);
    expect(await host.mfa.members.save({ userId: 'nobody' }, { enabled: true })).toEqual({
      outcome: 'not-found',
    });
  });

  it('takes the name of an actor whom the user table does not know', async () => {
    const { host, effects } = await setUp({});
    await host.mfa.members.exempt(
      { userId: 'mary', actorId: 'cli:root@host' },
      { reason: 'On leave', until: later(host) },
    );
    expect((await effects()).events).toMatchObject([{ name: 'exemption-granted', actorId: 'cli:root@host' }]);
  });
});

describe('acting on many members in code', () => {
  it('has the effects, events and refusals of the pages', async () => {
    const host = createAdminHost();
    await host.mfa.policies.save('acme', { enabled: true, enrollment: 'required', methods: ['totp'] });
    const { members } = host.mfa;
    const acme = { organizationId: 'acme', actorId: 'nightly-job' };
    const until = host.clock.now() + 86_400_000;
    const exempt = { act: 'exempt', reason: 'move', until } as const;
    expect(await members.changeMany({ ...acme, userIds: ['alan', 'grace'] }, exempt)).toEqual({
      outcome: 'started',
    });
    expect(await members.findProgress({ organizationId: 'acme', act: 'exempt' })).toMatchObject({
      people: 1,
    });
    expect(await members.get({ userId: 'alan' })).toMatchObject({
      exemption: { reason: 'move', grantedBy: 'nightly-job' },
    });
    expect(await members.changeMany({ ...acme, userIds: ['grace'] }, exempt)).toEqual({
      outcome: 'refused',
      because: 'nobody-chosen',
    });
    const anyKind = { act: 'assign', assignedKind: 'sms' } as const;
    await expect(members.changeMany({ ...acme, filter: 'all' }, anyKind)).rejects.toThrow('does not allow');
    await expect(members.changeMany(acme, { act: 'end-sessions' })).rejects.toThrow('selects no members');
    expect(await members.remind({ userId: 'mary' })).toEqual({ outcome: 'reminded' });
    expect(await members.remind({ userId: 'mary' })).toMatchObject({ because: 'reminded-today' });
    expect(await members.remind({ userId: 'alan' })).toMatchObject({ because: 'not-waiting' });
    await host.mfa.close();
    expect(host.outbox.messages.map(({ to }) => to)).toEqual(['mary@acme.example']);
  });
});
