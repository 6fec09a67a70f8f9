import { exemptMember, resetMemberFactors, setMember } from '../../../src/flows/admin/member-acts';
import {
  countMembers,
  listMembers,
  memberRows,
  type MemberFilter,
} from '../../../src/flows/admin/member-list';
import {
  createFlowWorld,
  createRoster,
  manyUsers,
  type FlowWorld,
  type RosterUser,
} from '../../support/admin-flows';
import { describeOnBothStores } from '../../support/admin-stores';

const DAY = 86_400_000;

function people(): RosterUser[] {
  const base = { organizationId: 'acme' };
  return [
    { ...base, id: 'ada', name: 'Ada', email: 'ada@acme.example' },
    { ...base, id: 'alan', name: 'Alan', email: 'alan@acme.example' },
    { ...base, id: 'linus', name: 'Linus', email: 'linus@acme.example', federated: true },
    { ...base, id: 'mary', name: 'Mary', email: 'mary@acme.example', phone: '+442079460018' },
    { ...base, id: 'sync', name: 'Nightly sync' },
    { id: 'eve', name: 'Eve', organizationId: 'globex' },
  ];
}

async function idsOf(world: FlowWorld, filter: MemberFilter, query?: string): Promise<string[]> {
  const { members } = await listMembers(world.context, {
    organizationId: 'acme',
    filter,
    limit: 50,
    ...(query === undefined ? {} : { query }),
  });
  return members.map(({ id }) => id);
}

describeOnBothStores('the list of members', (open) => {
  async function aWorld(users = people()): Promise<FlowWorld> {
    const world = createFlowWorld({ ...open(), roster: createRoster(users) });
    await world.savePolicy({ enabled: true, enrollment: 'required', skips: 2 });
    await countMembers(world.context, 'acme');
    await world.settled();
    return world;
  }

  it('knows members who never signed in once the roster was walked', async () => {
    const world = await aWorld();
    expect(await idsOf(world, 'not-configured')).toEqual(['ada', 'alan', 'linus', 'mary', 'sync']);
    expect(await countMembers(world.context, 'acme')).toEqual({
      all: 5,
      'not-configured': 5,
      passkey: 0,
      totp: 0,
      sms: 0,
      email: 0,
      exempt: 0,
      locked: 0,
      'in-grace': 4,
      federated: 1,
    });
    expect(world.errors).toEqual([]);
  });

  it('has each member under what they are, from the next event on', async () => {
    const world = await aWorld();
    const act = world.act('ada');
    await world.enroll('ada');
    await world.enroll('ada', { kind: 'sms' });
    await setMember(world.context, { ...act, userId: 'mary', enabled: true, assignedKind: 'email' });
    const until = world.clock.now() + DAY;
    await exemptMember(world.context, { ...act, userId: 'sync', reason: 'Integration', until });
    await world.settled();
    expect(await idsOf(world, 'totp')).toEqual(['ada']);
    expect(await idsOf(world, 'sms')).toEqual(['ada']);
    expect(await idsOf(world, 'email')).toEqual(['mary']);
    expect(await idsOf(world, 'exempt')).toEqual(['sync']);
    expect(await idsOf(world, 'federated')).toEqual(['linus']);
    expect(await idsOf(world, 'not-configured')).toEqual(['alan', 'linus', 'sync']);
    expect(await idsOf(world, 'in-grace')).toEqual(['alan']);
    await resetMemberFactors(world.context, { ...world.act('alan'), userId: 'ada', reason: 'lost phone' });
    await world.settled();
    expect(await idsOf(world, 'totp')).toEqual([]);
    expect(await idsOf(world, 'in-grace')).toEqual(['ada', 'alan']);
  });

  it('shows the state of each member as the contract says', async () => {
    const world = await aWorld();
    await world.enroll('ada', { lastUsedAt: 5 });
    const { members } = await listMembers(world.context, { organizationId: 'acme', filter: 'all', limit: 2 });
    expect(members).toEqual([
      {
        id: 'ada',
        name: 'Ada',
        email: 'ada@acme.example',
        lastUsedAt: 5,
        mfa: {
          configured: true,
          kinds: ['totp'],
          enabled: false,
          federated: false,
          inGrace: false,
          noUsableContact: false,
        },
      },
      {
        id: 'alan',
        name: 'Alan',
        email: 'alan@acme.example',
        lastUsedAt: null,
        mfa: {
          configured: false,
          kinds: [],
          enabled: false,
          federated: false,
          inGrace: true,
          skipsLeft: 2,
          noUsableContact: false,
        },
      },
    ]);
  });

  it('never shows an exemption or a lock that has ended, whatever the index says', async () => {
    const world = await aWorld();
    const until = world.clock.now() + DAY;
    await exemptMember(world.context, { ...world.act('ada'), userId: 'sync', reason: 'Integration', until });
    await world.context.records.establishUserEpoch('alan', 'signed in before');
    for (let guess = 0; guess < 10; guess += 1) {
      await world.context.records.spendGuess({
        userId: 'alan',
        group: 'codes',
        rank: 3,
        authenticatorId: null,
        limits: world.context.options.limits,
        now: world.clock.now(),
      });
    }
    world.context.events.report({ name: 'proofs-locked', userId: 'alan', organizationId: 'acme' });
    await world.settled();
    expect(await idsOf(world, 'locked')).toEqual(['alan']);
    expect(await idsOf(world, 'exempt')).toEqual(['sync']);
    world.clock.advance(DAY);
    expect(await idsOf(world, 'exempt')).toEqual([]);
    expect(await idsOf(world, 'locked')).toEqual([]);
    expect(await countMembers(world.context, 'acme')).toMatchObject({ exempt: 0, locked: 0 });
  });

  it('drops what an index has wrong and puts it right', async () => {
    const world = await aWorld();
    await world.context.records.saveMemberMarks('acme', [
      { userId: 'alan', marks: { totp: 0, configured: 0 } },
      { userId: 'eve', marks: { totp: 0 } },
      { userId: 'nobody', marks: { totp: 0 } },
    ]);
    expect(await idsOf(world, 'totp')).toEqual([]);
    await world.settled();
    expect(
      await world.context.records.listIndex({ organizationId: 'acme', index: 'totp', limit: 9 }),
    ).toEqual([]);
    expect(await idsOf(world, 'not-configured')).toContain('alan');
  });

  it('forgets people whom the directory no longer has, by the next walk', async () => {
    const world = await aWorld();
    world.roster.users.delete('alan');
    world.clock.advance(60_000);
    await countMembers(world.context, 'acme');
    await world.settled();
    expect(await countMembers(world.context, 'acme')).toMatchObject({ all: 4, 'not-configured': 4 });
  });

  it('searches by the directory, under a filter too, and never finds another organization’s people', async () => {
    const world = await aWorld();
    await world.enroll('ada');
    await world.settled();
    expect(await idsOf(world, 'all', 'a')).toEqual(['ada', 'alan', 'mary']);
    expect(await idsOf(world, 'not-configured', 'a')).toEqual(['alan', 'mary']);
    expect(await idsOf(world, 'all', 'eve')).toEqual([]);
    expect(await idsOf(world, 'all', '.*')).toEqual([]);
  });

  it('goes through every page once, whatever changes meanwhile', async () => {
    const world = await aWorld(manyUsers(120));
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await listMembers(world.context, {
        organizationId: 'acme',
        filter: 'not-configured',
        limit: 25,
        ...(cursor === undefined ? {} : { cursor }),
      });
      seen.push(...page.members.map(({ id }) => id));
      await world.enroll(page.members.at(-1)?.id ?? '');
      await world.settled();
      cursor = page.nextCursor;
    } while (cursor !== undefined);
    expect(seen).toEqual(manyUsers(120).map(({ id }) => id));
  });

  it('begins at the beginning for a cursor of another list and for nonsense', async () => {
    const world = await aWorld();
    const ask = async (filter: MemberFilter, cursor: string) =>
      (await listMembers(world.context, { organizationId: 'acme', filter, cursor, limit: 2 })).members.map(
        ({ id }) => id,
      );
    for (const cursor of ['', 'nonsense', 'i.x.y', '__proto__', 'd.ada'])
      expect(await ask('not-configured', cursor)).toEqual(['ada', 'alan']);
    for (const cursor of ['', 'nonsense', 'i.0.YQBkAGEA'])
      expect(await ask('all', cursor)).toEqual(['ada', 'alan']);
  });

  it.each([0, -5, 1e9, Number.NaN, 2.5])('brings a page size of %p inside its bounds', async (limit) => {
    const world = await aWorld(manyUsers(210));
    for (const filter of ['all', 'not-configured'] as const) {
      const { members } = await listMembers(world.context, { organizationId: 'acme', filter, limit });
      expect(members.length).toBeGreaterThanOrEqual(1);
      expect(members.length).toBeLessThanOrEqual(200);
    }
  });

  it('comes as rows for a file, every member once', async () => {
    const world = await aWorld(manyUsers(450));
    await world.enroll('user-000003', { lastUsedAt: world.clock.now() });
    const rows: (readonly string[])[] = [];
    for await (const row of memberRows(world.context, { organizationId: 'acme', filter: 'all' }))
      rows.push(row);
    expect(rows).toHaveLength(450);
    expect(rows[3]).toEqual([
      'user-000003',
      'Member 3',
      'user-000003@acme.example',
      'yes',
      'totp',
      '',
      '',
      '',
      '',
      'no',
      'no',
      '2026-01-15T12:00:00.000Z',
      'no',
    ]);
  });
});
