import { describeAdoption } from '../../../src/flows/admin/adoption';
import { exemptMember } from '../../../src/flows/admin/member-acts';
import { createFlowWorld, createRoster } from '../../support/admin-flows';
import type { FlowWorld, RosterUser } from '../../support/admin-flows';
import { describeOnBothStores } from '../../support/admin-stores';

const DAY = 86_400_000;

function people(): RosterUser[] {
  const base = { organizationId: 'acme' };
  return [
    { ...base, id: 'ada', name: 'Ada', email: 'ada@acme.example' },
    { ...base, id: 'alan', name: 'Alan', email: 'alan@acme.example' },
    { ...base, id: 'linus', name: 'Linus', email: 'linus@acme.example', federated: true },
    { ...base, id: 'mary', name: 'Mary', phone: '+442079460018' },
    { ...base, id: 'nobody', name: 'No address' },
    { ...base, id: 'sync', name: 'Nightly sync', email: 'sync@acme.example' },
  ];
}

describeOnBothStores('adoption at a glance', (open) => {
  async function aWorld(): Promise<FlowWorld> {
    const world = createFlowWorld({ ...open(), roster: createRoster(people()) });
    const graceUntil = world.clock.now() + 10 * DAY;
    await world.savePolicy({ enabled: true, enrollment: 'required', graceUntil });
    await world.enroll('ada');
    await world.enroll('mary', { kind: 'sms' });
    const until = world.clock.now() + 3 * DAY;
    await exemptMember(world.context, { ...world.act('ada'), userId: 'sync', reason: 'Integration', until });
    await world.settled();
    return world;
  }

  const look = (world: FlowWorld, administrators = ['ada', 'alan']) =>
    describeAdoption(world.context, {
      organizationId: 'acme',
      administrators: administrators.map((id) => world.act(id).actor),
    });

  it('counts everybody once the roster was walked, and says so until then', async () => {
    const world = await aWorld();
    expect(await look(world)).toMatchObject({ members: 6, counting: { done: 0, of: null } });
    await world.settled();
    expect(await look(world)).toMatchObject({
      members: 6,
      configured: 2,
      notConfigured: 4,
      byKind: { totp: 1, sms: 1, email: 0 },
      inGrace: 2,
      exempt: 1,
      nextExemptionEndsAt: world.clock.now() + 3 * DAY,
      locked: 0,
      federated: 1,
      noUsableContact: 1,
      counting: null,
    });
    expect(world.errors).toEqual([]);
  });

  it('warns of what an administrator can do something about', async () => {
    const world = await aWorld();
    await look(world);
    await world.settled();
    const now = world.clock.now();
    const { warnings } = await look(world);
    expect(warnings.filter(({ because }) => because !== 'records-weakness')).toEqual([
      { because: 'administrators-without-factor', names: ['Alan'] },
      { because: 'exemptions-ending', count: 1, nextEndsAt: now + 3 * DAY },
      { because: 'sms-only-members', count: 1 },
      { because: 'grace-ending', graceUntil: now + 10 * DAY, count: 2 },
      { because: 'no-usable-contact', count: 1 },
    ]);
    const weaknesses = warnings.flatMap((warning) => ('sentence' in warning ? [warning.sentence] : []));
    expect(weaknesses).toEqual(await world.context.records.findWeaknesses());
  });

  it('has no warning where nothing is wrong', async () => {
    const world = createFlowWorld({ ...open(), roster: createRoster(people().slice(0, 1)) });
    await look(world, []);
    await world.settled();
    const { warnings } = await look(world, []);
    expect(warnings.filter(({ because }) => because !== 'records-weakness')).toEqual([]);
  });

  it('keeps one count a day for the chart, the last one', async () => {
    const world = await aWorld();
    await look(world);
    await world.settled();
    await look(world);
    await world.settled();
    await world.enroll('alan');
    await world.settled();
    await look(world);
    await world.settled();
    world.clock.advance(2 * DAY);
    await look(world);
    await world.settled();
    world.clock.advance(DAY);
    // Nobody looks on that day, but somebody enrolls.
    await world.enroll('sync');
    await world.settled();
    expect((await look(world)).days).toEqual([
      { day: '2026-01-15', members: 6, configured: 3 },
      { day: '2026-01-17', members: 6, configured: 3 },
      { day: '2026-01-18', members: 6, configured: 4 },
    ]);
  });

  it('does not say that it counts for the first time when it counts again', async () => {
    const world = await aWorld();
    await look(world);
    await world.settled();
    await look(world);
    await world.settled();
    world.clock.advance(2 * DAY);
    const begun = await look(world);
    const during = await look(world);
    expect([begun.counting, during.counting]).toEqual([null, null]);
    expect((await world.context.records.findJob('acme', 'roster-walk'))?.finishedAt).toBeNull();
    await world.settled();
  });

  it('ends the days of the chart with today, as the numbers beside it say', async () => {
    const world = await aWorld();
    await world.context.records.saveDailyCounts(
      'acme',
      { day: '2026-01-14', members: 6, configured: 1 },
      400,
    );
    await look(world);
    await world.settled();
    await look(world);
    await world.settled();
    await world.enroll('alan');
    await world.settled();
    const { days, members, configured } = await look(world);
    expect({ members, configured }).toEqual({ members: 6, configured: 3 });
    expect(days).toEqual([
      { day: '2026-01-14', members: 6, configured: 1 },
      { day: '2026-01-15', members, configured },
    ]);
  });

  it('counts anew, and shows no day to come, where a clock was ahead', async () => {
    const world = await aWorld();
    world.clock.advance(3 * DAY);
    await look(world);
    await world.settled();
    await look(world);
    await world.settled();
    world.clock.advance(-3 * DAY);
    await look(world);
    await world.settled();
    const walk = await world.context.records.findJob('acme', 'roster-walk');
    expect(walk?.finishedAt).toBe(world.clock.now());
    await look(world);
    await world.settled();
    expect((await look(world)).days).toEqual([{ day: '2026-01-15', members: 6, configured: 2 }]);
  });
});
