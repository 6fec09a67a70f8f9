import { BULK_WORKS, findBulkProgress, startBulkAct } from '../../../src/flows/admin/bulk-act';
import type { BulkRequest } from '../../../src/flows/admin/bulk-act';
import { resumeJobs } from '../../../src/flows/admin/keep-indexes';
import { remindMember } from '../../../src/flows/admin/remind-member';
import { MfaError } from '../../../src/core/errors';
import { memoryState } from '../../../src/stores/memory/memory-stores';
import { createFlowWorld, createRoster, manyUsers, type FlowWorld } from '../../support/admin-flows';
import { memoryRecords } from '../../support/records';
import { storeKinds } from '../../support/store-kinds';

const ADMIN = 'user-000000';
const DAY = 86_400_000;
const ALL = { filter: 'all', query: '' };
const EPOCH = 'signed in';

async function aWorld(members = 120, given: Partial<Parameters<typeof createFlowWorld>[0]> = {}) {
  const world = createFlowWorld({ roster: createRoster(manyUsers(members)), ...given });
  await world.savePolicy({ enabled: true, enrollment: 'required' });
  await world.context.records.establishUserEpoch(ADMIN, EPOCH);
  return world;
}

let runs = 0;
function order(
  world: FlowWorld,
  change: BulkRequest['change'],
  more: Partial<BulkRequest> = {},
): BulkRequest {
  runs += 1;
  return { ...world.act(ADMIN), change, selection: ALL, run: `run-${runs}`, epoch: EPOCH, ...more };
}

async function finish(world: FlowWorld, request: BulkRequest) {
  const result = await startBulkAct(world.context, request);
  await world.settled();
  const { act } = request.change;
  return { ...result, progress: await findBulkProgress(world.context, { organizationId: 'acme', act }) };
}

const eventsOf = async (world: FlowWorld, name: 'reminder-sent' | 'exemption-granted' | 'sessions-ended') =>
  (await world.context.records.listEvents({ organizationId: 'acme', names: [name], limit: 200 })).events;

describe('acting on many members', () => {
  it('reminds those who have nothing set up, once a day each', async () => {
    const world = await aWorld();
    await world.enroll('user-000001');
    world.roster.users.set('user-000002', {
      ...{ id: 'user-000002', name: 'Two', organizationId: 'acme', federated: true },
    });
    world.roster.users.set('user-000003', { id: 'user-000003', name: 'Three', organizationId: 'acme' });
    const sent = await finish(world, order(world, { act: 'remind' }));
    expect(sent).toMatchObject({
      outcome: 'started',
      progress: { done: 120, of: 120, people: 117, stopped: null, finishedAt: world.clock.now() },
    });
    expect(new Set(world.outbox.messages.map(({ to }) => to)).size).toBe(117);
    expect(world.outbox.messages).toHaveLength(117);
    const events = await eventsOf(world, 'reminder-sent');
    expect(events).toHaveLength(117);
    expect(events[0]).toMatchObject({ actorId: ADMIN, address: '192.0.2.7' });
    world.clock.advance(DAY - 1000);
    expect(await finish(world, order(world, { act: 'remind' }))).toMatchObject({ progress: { people: 0 } });
    world.clock.advance(2000);
    expect(await finish(world, order(world, { act: 'remind' }))).toMatchObject({ progress: { people: 117 } });
  });

  it('says who asks, what to do and until when', async () => {
    const world = await aWorld(3);
    const graceUntil = world.clock.now() + 7 * DAY;
    await world.savePolicy({ graceUntil });
    await remindMember(world.context, { ...world.act(ADMIN), userId: 'user-000001' });
    await world.settled();
    const [mail] = world.outbox.messages;
    expect(mail?.to).toBe('user-000001@acme.example');
    for (const said of [
      'Member 0 asks you',
      'http://localhost/mfa/settings',
      'until 22 Jan 2026',
      'ask Member 0',
    ])
      expect(mail?.text.replaceAll(/\s+/g, ' ')).toContain(said);
    expect(mail?.text).not.toContain('192.0.2.7');
  });

  it('assigns a method by the same event as for one member, and leaves out who has it already', async () => {
    const world = await aWorld(60);
    await finish(
      world,
      order(world, { act: 'assign', assignedKind: 'email' }, { selection: { userIds: ['user-000001'] } }),
    );
    const all = await finish(world, order(world, { act: 'assign', assignedKind: 'email' }));
    expect(all.progress).toMatchObject({ done: 60, people: 59 });
    const { settings } = await world.context.records.findMember('user-000059', 'acme');
    expect(settings).toMatchObject({ enabled: true, assignedKind: 'email' });
  });

  it('exempts with reason and end, and never the administrator', async () => {
    const world = await aWorld(60);
    const until = world.clock.now() + DAY;
    const done = await finish(world, order(world, { act: 'exempt', reason: ' move ', until }));
    expect(done.progress).toMatchObject({ done: 60, people: 59 });
    const [own, other] = await world.context.records.findMembers([ADMIN, 'user-000001'], 'acme');
    expect(own?.settings.exemption).toBeNull();
    expect(other?.settings.exemption).toMatchObject({ reason: 'move', grantedBy: ADMIN, until });
    expect(await eventsOf(world, 'exemption-granted')).toHaveLength(59);
  });

  it.each([
    ['reason-missing', { act: 'exempt', reason: ' ', until: Number.MAX_SAFE_INTEGER }],
    ['end-not-in-future', { act: 'exempt', reason: 'move', until: 0 }],
    ['end-too-far', { act: 'exempt', reason: 'move', until: Number.MAX_SAFE_INTEGER }],
    ['kind-not-allowed', { act: 'assign', assignedKind: 'sms' }],
  ] as const)('is refused before anybody is changed: %s', async (because, change) => {
    const world = await aWorld(3);
    await world.savePolicy({ methods: ['totp'] });
    expect(await finish(world, order(world, change))).toEqual({
      outcome: 'refused',
      because,
      progress: null,
    });
  });

  it('ends the sessions of members, and keeps those of the administrator', async () => {
    const world = await aWorld(60);
    const done = await finish(world, order(world, { act: 'end-sessions' }));
    expect(done.progress).toMatchObject({ done: 60, people: 59, stopped: null });
    const [own, other] = await world.context.records.findMembers([ADMIN, 'user-000001'], 'acme');
    expect(own?.epoch).toBe(EPOCH);
    expect(other?.sessionsEndedAt).toBe(world.clock.now());
  });

  it.each([
    ['is down: it goes on later', 'store-unavailable', [49, 59]],
    ['holds damaged records of a member: it goes on with the others', 'records-unreadable', [58, 58]],
  ] as const)('leaves nobody out where the store %s', async (_what, code, [first, last]) => {
    const stored = memoryRecords();
    let isFaulty = true;
    const records: typeof stored = {
      ...stored,
      async read(queries) {
        const { owner } = queries[0] ?? {};
        if (isFaulty && owner?.id === 'user-000055') throw new MfaError(code, 'The store failed.');
        return stored.read(queries);
      },
    };
    const world = await aWorld(60, { records });
    const selection = { userIds: manyUsers(60).map(({ id }) => id) };
    const { progress } = await finish(world, order(world, { act: 'end-sessions' }, { selection }));
    expect(progress?.people).toBe(first);
    isFaulty = false;
    world.clock.advance(3_600_000);
    await findBulkProgress(world.context, { organizationId: 'acme', act: 'end-sessions' });
    await world.settled();
    const done = await findBulkProgress(world.context, { organizationId: 'acme', act: 'end-sessions' });
    expect(done).toMatchObject({ people: last, finishedAt: expect.any(Number) });
  });

  it('takes a filter and a search, and counts what they find', async () => {
    const world = await aWorld(120);
    await world.enroll('user-000007');
    await world.settled();
    const until = world.clock.now() + DAY;
    const selection = { filter: 'not-configured', query: 'member 7' };
    const done = await finish(world, order(world, { act: 'exempt', reason: 'move', until }, { selection }));
    expect(done.progress).toMatchObject({ of: 10, done: 10, people: 10 });
    const { settings } = await world.context.records.findMember('user-000007', 'acme');
    expect(settings.exemption).toBeNull();
  });

  it('visits each member once where the act moves them along the list', async () => {
    const world = await aWorld(120);
    const until = world.clock.now() + DAY;
    await finish(world, order(world, { act: 'exempt', reason: 'move', until }));
    const later = { act: 'exempt', reason: 'move', until: until + DAY } as const;
    world.clock.advance(1000);
    const again = await finish(world, order(world, later, { selection: { filter: 'exempt', query: '' } }));
    expect(again.progress?.stopped).toBeNull();
    expect(await eventsOf(world, 'exemption-granted')).toHaveLength(200);
    const { settings } = await world.context.records.findMember('user-000119', 'acme');
    expect(settings.exemption).toMatchObject({ until: until + DAY });
  });
});

describe('rights while the work goes on', () => {
  /** The world stands still after the first step. */
  async function stopAfterFirstStep(world: FlowWorld, between: () => Promise<unknown>) {
    world.roster.beforeList = async (cursor) => {
      if (cursor !== undefined) await between();
    };
    const until = world.clock.now() + DAY;
    return finish(world, order(world, { act: 'exempt', reason: 'move', until }));
  }
  const exempted = async ({ context }: FlowWorld) =>
    (
      await context.records.findMembers(
        manyUsers(120).map(({ id }) => id),
        'acme',
      )
    ).filter(({ settings }) => settings.exemption !== null).length;

  it.each([
    [
      'the sessions of the administrator were ended',
      ({ context, clock }: FlowWorld) =>
        context.records.replaceUserEpoch(ADMIN, { epoch: 'other', endedAt: clock.now() }),
    ],
    [
      'the administrator left',
      async ({ roster }: FlowWorld) => {
        roster.users.delete(ADMIN);
      },
    ],
    [
      'the administrator was deactivated',
      async ({ roster }: FlowWorld) => {
        roster.users.set(ADMIN, { id: ADMIN, name: 'Admin', organizationId: 'acme', active: false });
      },
    ],
    [
      'the host no longer names the administrator',
      async ({ context }: FlowWorld) => {
        context.administrators.length = 0;
      },
    ],
  ])('stops where %s', async (_why, lose) => {
    const world = await aWorld(120);
    world.context.administrators.push(async () => [world.act(ADMIN).actor]);
    const { progress } = await stopAfterFirstStep(world, async () => lose(world));
    expect(progress).toMatchObject({ stopped: 'not-allowed', finishedAt: world.clock.now() });
    expect(await exempted(world)).toBeLessThan(120);
    expect((await world.context.records.findJob('acme', 'bulk-exempt'))?.plan).toBeNull();
  });

  it('goes on for a host that cannot name its administrators', async () => {
    const world = await aWorld(120);
    expect((await stopAfterFirstStep(world, async () => undefined)).progress).toMatchObject({
      stopped: null,
    });
    expect(await exempted(world)).toBe(119);
  });

  it('ends where the administrator was forgotten', async () => {
    const world = await aWorld(120);
    const { progress } = await stopAfterFirstStep(world, () =>
      world.context.records.eraseJobStarter('acme', ADMIN),
    );
    expect(progress).toMatchObject({ stopped: 'not-allowed' });
    expect(await world.context.records.findJob('acme', 'bulk-exempt')).toMatchObject({ startedBy: null });
  });
});

describe.each(storeKinds)('the same work asked for several times, on $kind', ({ open }) => {
  const { close, ...stores } = open();
  afterAll(close);

  it('is done once, in whatever process', async () => {
    const roster = createRoster(manyUsers(60));
    const worlds = await Promise.all([1, 2, 3].map(() => aWorld(0, { ...stores, roster })));
    const [first] = worlds;
    if (first === undefined) throw new Error('There is no world.');
    const until = first.clock.now() + DAY;
    const request = order(first, { act: 'exempt', reason: 'move', until });
    const outcomes = await Promise.all(worlds.map((world) => startBulkAct(world.context, request)));
    for (const { context } of worlds) resumeJobs(context);
    await Promise.all(worlds.map((world) => world.settled()));
    expect(outcomes).toEqual(worlds.map(() => ({ outcome: 'started' })));
    const progress = await findBulkProgress(first.context, { organizationId: 'acme', act: 'exempt' });
    expect(progress).toMatchObject({ done: 60, people: 59 });
    expect(await eventsOf(first, 'exemption-granted')).toHaveLength(59);
  });

  it('sends a person one reminder, however many ask at once', async () => {
    const roster = createRoster(manyUsers(80));
    const worlds = await Promise.all([1, 2, 3].map(() => aWorld(0, { ...stores, roster })));
    const asked = worlds.flatMap((world) => [world, world, world]);
    const results = await Promise.all(
      asked.map((world) => remindMember(world.context, { ...world.act(ADMIN), userId: 'user-000070' })),
    );
    await Promise.all(worlds.map((world) => world.settled()));
    expect(results.filter(({ outcome }) => outcome === 'reminded')).toHaveLength(1);
    expect(worlds.flatMap(({ outbox }) => outbox.messages)).toHaveLength(1);
  });
});

describe('work that is interrupted', () => {
  it('goes on in another process, and does nothing twice', async () => {
    const stores = { records: memoryRecords(), state: memoryState(), roster: createRoster(manyUsers(120)) };
    const first = await aWorld(0, stores);
    stores.roster.beforeList = async (cursor) => {
      if (cursor === 'user-000049') throw new Error('The table is gone.');
    };
    const until = first.clock.now() + DAY;
    await startBulkAct(first.context, order(first, { act: 'exempt', reason: 'move', until }));
    await first.settled();
    expect(first.errors).toEqual([new Error('The table is gone.')]);
    stores.roster.beforeList = async () => undefined;
    const next = createFlowWorld({ ...stores, clock: first.clock });
    resumeJobs(next.context);
    await next.settled();
    const find = () => findBulkProgress(next.context, { organizationId: 'acme', act: 'exempt' });
    // The step still belongs to the first process, which might be alive.
    expect(await find()).toMatchObject({ done: 50, finishedAt: null });
    next.clock.advance(120_000);
    await find();
    await next.settled();
    expect(await find()).toMatchObject({ done: 120, people: 119, finishedAt: next.clock.now() });
    expect(await eventsOf(next, 'exemption-granted')).toHaveLength(119);
  });

  it('begins with the same request where the store failed before', async () => {
    const world = await aWorld(3);
    const request = order(world, { act: 'remind' });
    const { records } = world.context;
    const failing = { ...records, beginJob: () => Promise.reject(new Error('down')) };
    await expect(startBulkAct({ ...world.context, records: failing }, request)).rejects.toThrow('down');
    expect(await finish(world, request)).toMatchObject({
      outcome: 'started',
      progress: { done: 3, people: 3 },
    });
  });

  it('begins with the same request once the work before it has ended', async () => {
    const world = await aWorld(3);
    const other = order(world, { act: 'remind' });
    const request = order(world, { act: 'remind' });
    const started = startBulkAct(world.context, other);
    const refused = { outcome: 'refused', because: 'already-running' };
    await Promise.all([started, expect(startBulkAct(world.context, request)).resolves.toEqual(refused)]);
    await world.settled();
    world.clock.advance(1000);
    expect(await finish(world, request)).toMatchObject({ progress: { startedAt: world.clock.now() } });
  });

  it('is not begun again by a request that is sent again', async () => {
    const world = await aWorld(3);
    const request = order(world, { act: 'end-sessions' });
    const { progress } = await finish(world, request);
    world.clock.advance(1000);
    expect(await finish(world, request)).toEqual({ outcome: 'started', progress });
    expect(await eventsOf(world, 'sessions-ended')).toHaveLength(2);
  });

  it('sends no reminder where its count cannot be kept', async () => {
    const state = { ...memoryState(), spendSendBudgets: () => Promise.reject(new Error('down')) };
    const world = await aWorld(3, { state });
    const asked = remindMember(world.context, { ...world.act(ADMIN), userId: 'user-000001' });
    await expect(asked).rejects.toThrow('down');
    const { progress } = await finish(world, order(world, { act: 'remind' }));
    expect(world.outbox.messages).toEqual([]);
    expect(progress).toMatchObject({ done: 0, finishedAt: null });
    expect(world.errors).toContainEqual(new Error('down'));
  });

  it('has one piece of work for each act', () => {
    expect(BULK_WORKS.map(({ kind }) => kind)).toEqual([
      'bulk-remind',
      'bulk-assign',
      'bulk-exempt',
      'bulk-end-sessions',
    ]);
  });
});
