import { exemptMember } from '../../../src/flows/admin/member-acts';
import { countMembers } from '../../../src/flows/admin/member-list';
import {
  previewPolicy,
  type PolicyPreview,
  type PolicyPreviewed,
} from '../../../src/flows/admin/preview-policy';
import { savePolicyAsAdministrator, type PolicyChange } from '../../../src/flows/admin/save-policy';
import {
  createFlowWorld,
  createRoster,
  manyUsers,
  type FlowWorld,
  type RosterUser,
} from '../../support/admin-flows';
import { describeOnBothStores } from '../../support/admin-stores';

const DAY = 86_400_000;
const REQUIRED: PolicyChange = { enabled: true, enrollment: 'required' };

function people(): RosterUser[] {
  const base = { organizationId: 'acme' };
  return [
    { ...base, id: 'ada', name: 'Ada', email: 'ada@acme.example' },
    { ...base, id: 'alan', name: 'Alan', email: 'alan@acme.example' },
    { ...base, id: 'linus', name: 'Linus', email: 'linus@acme.example', federated: true },
    { ...base, id: 'mary', name: 'Mary', email: 'mary@acme.example' },
    { ...base, id: 'nobody', name: 'No address' },
    { ...base, id: 'sync', name: 'Nightly sync', email: 'sync@acme.example' },
    { id: 'gus', name: 'Gus', organizationId: 'globex' },
  ];
}

function groupsOf(previewed: PolicyPreviewed): Record<string, string[]> {
  if (previewed.outcome !== 'previewed') throw new Error(`It was ${previewed.outcome}.`);
  const met = previewed.groups.filter(({ count }) => count > 0);
  return Object.fromEntries(met.map(({ effect, people: named }) => [effect, named.map(({ id }) => id)]));
}

const countsOf = ({ groups }: PolicyPreview) =>
  Object.fromEntries(groups.map(({ effect, count }) => [effect, count]));

describeOnBothStores('a policy before and when it is saved', (open) => {
  async function aWorld(users = people()): Promise<FlowWorld> {
    const world = createFlowWorld({ ...open(), roster: createRoster(users) });
    await world.savePolicy({ enabled: false });
    return world;
  }

  async function aMixedWorld(): Promise<FlowWorld> {
    const world = await aWorld();
    await world.enroll('mary');
    const until = world.clock.now() + DAY;
    await exemptMember(world.context, { ...world.act('ada'), userId: 'sync', reason: 'Integration', until });
    return world;
  }

  const preview = (world: FlowWorld, change: PolicyChange, actor = 'ada') =>
    previewPolicy(world.context, { ...world.act(actor), change, expectedVersion: 1 });

  it('shows what it would mean for everybody, and changes nothing', async () => {
    const world = await aMixedWorld();
    const before = await world.context.records.findPolicy('acme');
    const required = await preview(world, REQUIRED);
    expect(required).toMatchObject({
      basis: 'all',
      members: 6,
      examined: 6,
      you: 'enrolls',
      wouldLockYouOut: false,
    });
    expect(groupsOf(required)).toEqual({
      proves: ['mary'],
      enrolls: ['ada', 'alan', 'nobody'],
      exempt: ['sync'],
      federated: ['linus'],
    });
    expect(groupsOf(await preview(world, { ...REQUIRED, skips: 3 }))).toEqual({
      proves: ['mary'],
      'in-grace': ['ada', 'alan', 'nobody'],
      exempt: ['sync'],
      federated: ['linus'],
    });
    expect(groupsOf(await preview(world, { ...REQUIRED, methods: ['email'] }))).toEqual({
      enrolls: ['ada', 'alan', 'mary'],
      exempt: ['sync'],
      federated: ['linus'],
      'no-way': ['nobody'],
    });
    expect(groupsOf(await preview(world, { enabled: false }))).toEqual({
      'not-asked': ['ada', 'alan', 'linus', 'mary', 'sync', 'nobody'],
    });
    expect(await world.context.records.findPolicy('acme')).toEqual(before);
  });

  it('counts members before and after, and names what changes', async () => {
    const world = await aMixedWorld();
    const previewed = await preview(world, REQUIRED);
    if (previewed.outcome !== 'previewed') throw new Error(previewed.outcome);
    expect(previewed.changed).toEqual(['enabled', 'enrollment']);
    const counts = previewed.groups.map(({ effect, before, count }) => [effect, before, count]);
    expect(counts.filter(([, before, count]) => before !== count)).toEqual([
      ['proves', 0, 1],
      ['enrolls', 0, 3],
      ['exempt', 0, 1],
      ['federated', 0, 1],
      ['not-asked', 6, 0],
    ]);
    await world.savePolicy({ enrollment: 'required', methods: ['totp', 'sms', 'email'] });
    const reordered = await previewPolicy(world.context, {
      ...world.act('ada'),
      change: { methods: ['email', 'totp', 'sms'] },
    });
    expect(reordered).toMatchObject({ changed: [], losses: [] });
  });

  it('names people who lose a method, and counts those with no other', async () => {
    const world = await aMixedWorld();
    await world.enroll('alan');
    await world.enroll('alan', { kind: 'sms' });
    const lossesOf = async (change: PolicyChange) => {
      const previewed = await preview(world, change);
      return previewed.outcome === 'previewed' ? previewed.losses : previewed.outcome;
    };
    const people = [
      { id: 'alan', name: 'Alan' },
      { id: 'mary', name: 'Mary' },
    ];
    expect(await lossesOf({ ...REQUIRED, methods: ['sms', 'email'] })).toEqual([
      { kind: 'totp', count: 2, withoutOther: 1, people },
    ]);
    expect(await lossesOf({ ...REQUIRED, methods: ['totp', 'sms'] })).toEqual([]);
    expect(await lossesOf({ enabled: false, methods: ['sms', 'email'] })).toEqual([]);
  });

  it('says that it does not concern an administrator who is a member elsewhere', async () => {
    const world = await aWorld();
    expect(await preview(world, REQUIRED, 'gus')).toMatchObject({ you: null, wouldLockYouOut: false });
  });

  it('is refused if it would lock the administrator out for good, and the answer says what to do', async () => {
    const world = await aWorld();
    const change: PolicyChange = { ...REQUIRED, methods: ['email'] };
    expect(await preview(world, change, 'nobody')).toMatchObject({ you: 'no-way', wouldLockYouOut: true });
    const act = { ...world.act('nobody'), change, expectedVersion: 1 };
    expect(await savePolicyAsAdministrator(world.context, act)).toEqual({
      outcome: 'would-lock-you-out',
      wayOut: 'allow-another-method',
    });
    world.roster.users.set('ada', {
      ...people()[0],
      id: 'ada',
      name: 'Ada',
      organizationId: 'acme',
      mfaEnrolled: true,
    });
    const lost = { ...world.act('ada'), change: REQUIRED, expectedVersion: 1 };
    expect(await savePolicyAsAdministrator(world.context, lost)).toEqual({
      outcome: 'would-lock-you-out',
      wayOut: 'enroll-first',
    });
    expect((await world.context.records.findPolicy('acme')).policy).toMatchObject({
      version: 1,
      enabled: false,
    });
    expect(await savePolicyAsAdministrator(world.context, { ...act, change: REQUIRED })).toMatchObject({
      outcome: 'saved',
      policy: { version: 2, enrollment: 'required' },
    });
  });

  it('is told to the second of two administrators who save at once, and overwrites nothing', async () => {
    const world = await aWorld();
    const save = (change: PolicyChange) =>
      savePolicyAsAdministrator(world.context, { ...world.act('ada'), change, expectedVersion: 1 });
    const saved = await Promise.all([save({ ...REQUIRED, skips: 3 }), save({ ...REQUIRED, skips: 5 })]);
    const outcomes = saved.map(({ outcome }) => outcome);
    expect(outcomes.toSorted()).toEqual(['conflict', 'saved']);
    const winner = outcomes[0] === 'saved' ? 3 : 5;
    expect(saved.find(({ outcome }) => outcome === 'conflict')).toMatchObject({
      current: { skips: winner, version: 2 },
    });
    expect(await preview(world, REQUIRED)).toMatchObject({ outcome: 'conflict', current: { version: 2 } });
  });

  it('takes no end of grace that has passed, and leaves one alone that ran out', async () => {
    const world = await aWorld();
    const now = world.clock.now();
    const save = (change: PolicyChange, expectedVersion: number) =>
      savePolicyAsAdministrator(world.context, { ...world.act('ada'), change, expectedVersion });
    expect(await save({ ...REQUIRED, graceUntil: now }, 1)).toMatchObject({
      outcome: 'refused',
      faults: [{ field: 'graceUntil', because: 'too-small' }],
    });
    expect(await preview(world, { ...REQUIRED, graceUntil: now - 1 })).toMatchObject({ outcome: 'refused' });
    expect((await save({ ...REQUIRED, graceUntil: now + DAY }, 1)).outcome).toBe('saved');
    world.clock.advance(2 * DAY);
    expect((await save({ graceUntil: now + DAY, backupPhone: true }, 2)).outcome).toBe('saved');
  });

  it('notes who saved it and from where', async () => {
    const world = await aWorld();
    await savePolicyAsAdministrator(world.context, {
      ...world.act('ada'),
      change: { ...REQUIRED, skips: 4, backupPhone: false },
      expectedVersion: 1,
    });
    await world.settled();
    const { events } = await world.context.records.listEvents({ organizationId: 'acme', limit: 1 });
    expect(events).toMatchObject([{ name: 'policy-changed', actorId: 'ada', address: '192.0.2.7' }]);
    expect(events[0]?.details['fields']).toBe('enabled enrollment skips');
  });

  it('is estimated for a large organization, and says so', async () => {
    const world = await aWorld(manyUsers(3000));
    for (const { id } of manyUsers(600)) await world.enroll(id);
    await world.settled();
    await countMembers(world.context, 'acme');
    await world.settled();
    const previewed = await previewPolicy(world.context, {
      organizationId: 'acme',
      actor: world.act('user-000000').actor,
      change: REQUIRED,
    });
    if (previewed.outcome !== 'previewed') throw new Error(previewed.outcome);
    expect(previewed).toMatchObject({ basis: 'sample', members: 3000, you: 'proves' });
    expect(previewed.examined).toBeLessThan(2000);
    expect(countsOf(previewed)).toMatchObject({ proves: 600, enrolls: 2400, 'no-way': 0 });
  });
});
