import { endAllSessions } from '../../../src/flows/admin/end-sessions';
import { eventRows, listEventPage, parseEventName } from '../../../src/flows/admin/list-events';
import {
  endMemberExemption,
  endMemberSessions,
  exemptMember,
  resetMemberFactors,
  setMember,
  unlockMemberFactors,
} from '../../../src/flows/admin/member-acts';
import { findMemberDetail } from '../../../src/flows/admin/member-detail';
import { createFlowWorld, createRoster, type FlowWorld, type RosterUser } from '../../support/admin-flows';
import { describeOnBothStores } from '../../support/admin-stores';

const DAY = 86_400_000;

function people(): RosterUser[] {
  const base = { organizationId: 'acme' };
  return [
    { ...base, id: 'ada', name: 'Ada', email: 'ada@acme.example' },
    { ...base, id: 'bob', name: 'Bob', email: 'bob@acme.example' },
    { ...base, id: 'cleo', name: 'Cleo', email: 'cleo@acme.example' },
    { ...base, id: 'mary', name: 'Mary', email: 'mary@acme.example', phone: '+442079460018' },
    { id: 'eve', name: 'Eve', email: 'eve@globex.example', organizationId: 'globex' },
  ];
}

describeOnBothStores('what an administrator does to a member', (open) => {
  async function aWorld(): Promise<FlowWorld> {
    const world = createFlowWorld({ ...open(), roster: createRoster(people()) });
    await world.savePolicy({ enabled: true, enrollment: 'required', methods: ['totp', 'email'] });
    return world;
  }

  function onto(world: FlowWorld, userId: string) {
    const { context } = world;
    const administrators = ['ada', 'bob', 'cleo'].map((id) => world.act(id).actor);
    return {
      ...world.act('ada'),
      userId,
      administratorsOf: async (organizationId: string) =>
        organizationId === 'acme' ? administrators : [context.directory.accountOf({ id: 'x' })],
    };
  }

  async function namesOfEvents(world: FlowWorld, userId: string): Promise<string[]> {
    await world.settled();
    const { events } = await listEventPage(world.context, { organizationId: 'acme', userId, limit: 50 });
    return events.map(({ name }) => name);
  }

  it('holds from the next read: settings, exemption, its end', async () => {
    const world = await aWorld();
    const act = onto(world, 'mary');
    expect(await setMember(world.context, { ...act, enabled: true, assignedKind: 'email' })).toEqual({
      outcome: 'saved',
    });
    const until = world.clock.now() + DAY;
    const granted = await exemptMember(world.context, { ...act, reason: ' On\nleave ', until });
    expect(granted).toEqual({
      outcome: 'granted',
      exemption: { reason: 'On leave', grantedBy: 'ada', grantedAt: world.clock.now(), until },
    });
    const { settings } = await world.context.records.findMember('mary', 'acme');
    expect(settings).toMatchObject({ enabled: true, assignedKind: 'email', exemption: { until } });
    expect(await endMemberExemption(world.context, act)).toEqual({ outcome: 'ended' });
    expect(await endMemberExemption(world.context, act)).toEqual({ outcome: 'ended' });
    expect(await namesOfEvents(world, 'mary')).toEqual([
      'exemption-ended',
      'exemption-granted',
      'member-changed',
    ]);
  });

  it('refuses what is no exemption, and oneself', async () => {
    const world = await aWorld();
    const until = world.clock.now() + DAY;
    const exempt = (userId: string, change: { reason?: string; until?: number }) =>
      exemptMember(world.context, { ...onto(world, userId), reason: 'Leave', until, ...change });
    expect(await exempt('ada', {})).toEqual({ outcome: 'refused', because: 'not-yourself' });
    expect(await exempt('mary', { reason: ' \n ' })).toEqual({
      outcome: 'refused',
      because: 'reason-missing',
    });
    for (const past of [world.clock.now(), 0, Number.NaN, -1, Infinity]) {
      expect(await exempt('mary', { until: past })).toMatchObject({ outcome: 'refused' });
    }
    expect(await exempt('mary', { until: until + 5000 * DAY })).toEqual({
      outcome: 'refused',
      because: 'end-too-far',
    });
    for (const { id } of people())
      expect((await world.context.records.findMember(id, 'acme')).settings.exemption).toBeNull();
    expect(await namesOfEvents(world, 'mary')).toEqual([]);
  });

  it('assigns only what the policy allows and the app can do', async () => {
    const world = await aWorld();
    const act = onto(world, 'mary');
    expect(await setMember(world.context, { ...act, enabled: true, assignedKind: 'sms' })).toEqual({
      outcome: 'refused',
      because: 'kind-not-allowed',
    });
    expect((await world.context.records.findMember('mary', 'acme')).settings.enabled).toBe(false);
    const off = await setMember(world.context, { ...act, enabled: false, assignedKind: null });
    expect(off).toEqual({ outcome: 'saved' });
  });

  it('resets with a reason, ends the sessions and tells the member', async () => {
    const world = await aWorld();
    await world.enroll('mary');
    await world.context.records.replaceUserEpoch('mary', { epoch: 'before', endedAt: 1 });
    const act = onto(world, 'mary');
    expect(await resetMemberFactors(world.context, { ...act, reason: ' ' })).toEqual({
      outcome: 'refused',
      because: 'reason-missing',
    });
    expect((await world.context.records.findMember('mary', 'acme')).authenticators).toHaveLength(1);
    expect(await resetMemberFactors(world.context, { ...act, reason: 'Lost phone' })).toEqual({
      outcome: 'reset',
      removed: 1,
    });
    await world.settled();
    const record = await world.context.records.findMember('mary', 'acme');
    expect(record.authenticators).toEqual([]);
    expect(record.epoch).not.toBe('before');
    expect(world.roster.users.get('mary')?.mfaEnrolled).toBe(false);
    expect(world.outbox.messages.map(({ to }) => to)).toEqual(['mary@acme.example']);
  });

  it('tells the other administrators when one of them is reset or exempted', async () => {
    const world = await aWorld();
    await resetMemberFactors(world.context, { ...onto(world, 'bob'), reason: 'Lost phone' });
    await world.settled();
    const told = world.outbox.messages.map(({ to }) => to).toSorted();
    expect(told).toEqual(['bob@acme.example', 'cleo@acme.example']);
    const mail = world.outbox.messages.find(({ to }) => to === 'cleo@acme.example');
    expect(mail?.text).toContain('Ada reset the second factors of Bob.');
    expect(mail?.text).toContain('Lost phone');
    const until = world.clock.now() + DAY;
    await exemptMember(world.context, { ...onto(world, 'bob'), reason: 'Travel', until });
    await world.settled();
    expect(world.outbox.messages.slice(2).map(({ to }) => to)).toEqual(['cleo@acme.example']);
  });

  it('unlocks, and ends the sessions of one', async () => {
    const world = await aWorld();
    const { records } = world.context;
    await records.establishUserEpoch('mary', 'signed in before');
    for (let guess = 0; guess < 10; guess += 1) {
      const now = world.clock.now();
      const { limits } = world.context.options;
      await records.spendGuess({
        userId: 'mary',
        group: 'codes',
        rank: 3,
        authenticatorId: null,
        limits,
        now,
      });
    }
    expect((await records.findMember('mary', 'acme')).guesses.codes.lockedUntil).not.toBeNull();
    expect(await unlockMemberFactors(world.context, onto(world, 'mary'))).toEqual({ outcome: 'unlocked' });
    expect((await records.findMember('mary', 'acme')).guesses.codes.lockedUntil).toBeNull();
    await records.replaceUserEpoch('mary', { epoch: 'before', endedAt: 1 });
    expect(await endMemberSessions(world.context, onto(world, 'mary'))).toEqual({ outcome: 'ended' });
    expect((await records.findMember('mary', 'acme')).epoch).not.toBe('before');
  });

  it('finds nobody of another organization and nobody at all, and changes nothing', async () => {
    const world = await aWorld();
    await world.enroll('eve');
    const until = world.clock.now() + DAY;
    for (const userId of ['eve', 'nobody', '', '__proto__']) {
      const act = onto(world, userId);
      const answers = await Promise.all([
        setMember(world.context, { ...act, enabled: true, assignedKind: null }),
        exemptMember(world.context, { ...act, reason: 'x', until }),
        endMemberExemption(world.context, act),
        resetMemberFactors(world.context, { ...act, reason: 'x' }),
        unlockMemberFactors(world.context, act),
        endMemberSessions(world.context, act),
        findMemberDetail(world.context, { organizationId: 'acme', userId }),
      ]);
      for (const answer of answers) expect(answer).toEqual({ outcome: 'not-found' });
      expect(await namesOfEvents(world, userId)).toEqual([]);
    }
    const eve = await world.context.records.findMember('eve', 'globex');
    expect(eve).toMatchObject({ epoch: null, settings: { enabled: false, exemption: null } });
    expect(eve.authenticators).toHaveLength(1);
  });

  it('sees the member’s state and history, never a secret or a full number', async () => {
    const world = await aWorld();
    await world.enroll('mary', {
      sealedSecret: 'SEALED-SECRET',
      kind: 'sms',
      maskedDestination: '•••• 0018',
    });
    await setMember(world.context, { ...onto(world, 'mary'), enabled: true, assignedKind: 'totp' });
    await world.settled();
    const found = await findMemberDetail(world.context, { organizationId: 'acme', userId: 'mary' });
    expect(found).toMatchObject({
      outcome: 'found',
      member: {
        phone: '•••• 0018',
        settings: { enabled: true, assignedKind: 'totp' },
        assignableKinds: ['totp', 'email'],
        authenticators: [{ kind: 'sms', destination: '•••• 0018', disabledAt: null }],
        sessions: 0,
        history: [
          { name: 'member-changed', actorName: 'Ada', userName: 'Mary' },
          { name: 'authenticator-added', userName: 'Mary' },
        ],
      },
    });
    expect(JSON.stringify(found)).not.toMatch(/SEALED-SECRET|442079460018/);
  });

  it('ends every session of the organization by one write, except a session that is kept', async () => {
    const world = await aWorld();
    await world.context.records.establishOrganizationEpoch('acme', 'before');
    expect(await endAllSessions(world.context, world.act('ada'))).toEqual({
      outcome: 'ended',
      keptEpochs: null,
    });
    expect((await world.context.records.findPolicy('acme')).epoch).not.toBe('before');
    const keep = {
      userId: 'ada',
      handle: 'none',
      organizationEpochs: [
        ['acme', 'before'],
        ['globex', 'other'],
      ],
    } as const;
    const { keptEpochs } = await endAllSessions(world.context, { ...world.act('ada'), keep });
    const { epoch } = await world.context.records.findPolicy('acme');
    expect(keptEpochs).toEqual([
      ['acme', epoch],
      ['globex', 'other'],
    ]);
  });

  it('lists events with filters and as rows, names included', async () => {
    const world = await aWorld();
    for (const userId of ['mary', 'bob'])
      await setMember(world.context, { ...onto(world, userId), enabled: true, assignedKind: null });
    await world.settled();
    const name = parseEventName('member-changed') ?? 'signed-in';
    expect(parseEventName('__proto__')).toBeUndefined();
    const { events } = await listEventPage(world.context, { organizationId: 'acme', name, limit: 1e9 });
    expect(events.map(({ userId }) => userId)).toEqual(['bob', 'mary']);
    const first = await listEventPage(world.context, { organizationId: 'acme', limit: 1 });
    const cursor = first.nextCursor ?? '';
    const second = await listEventPage(world.context, { organizationId: 'acme', limit: 1, cursor });
    expect([...first.events, ...second.events].map(({ userId }) => userId)).toEqual(['bob', 'mary']);
    const rows: (readonly string[])[] = [];
    for await (const row of eventRows(world.context, { organizationId: 'acme', userId: 'mary' }))
      rows.push(row);
    expect(rows).toEqual([
      [
        '2026-01-15T12:00:00.000Z',
        'member-changed',
        'mary',
        'Mary',
        'ada',
        'Ada',
        '192.0.2.7',
        'enabled: true; assignedKind: none',
        'notice',
      ],
    ]);
  });
});
