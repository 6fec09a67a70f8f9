import { redisState } from '../../../src/redis';
import { redisRecords } from '../../support/records';
import { fork } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import {
  describeDisableImpact,
  findForgetDevicesProgress,
  disableMfa,
} from '../../../src/flows/admin/disable';
import { resumeJobs } from '../../../src/flows/admin/keep-indexes';
import { countMembers } from '../../../src/flows/admin/member-list';
import {
  createFlowWorld,
  createRoster,
  manyUsers,
  type FlowWorld,
  type Roster,
} from '../../support/admin-flows';
import { describeOnBothStores } from '../../support/admin-stores';
import { connectRedis } from '../../support/redis-client';
import { redisUrl } from '../../support/redis-database';

const ORDER = { forgetDevices: true, expectedVersion: 1 };

async function enrollEverybody(world: FlowWorld): Promise<void> {
  for (const { id } of world.roster.users.values())
    await world.enroll(id, { createdAt: world.clock.now() - 1 });
  await world.context.records.replaceRecoveryCodes('user-000001', [{ number: 1, codeHash: 'h' }], 0);
  await world.settled();
}

async function factorsLeft(world: FlowWorld): Promise<number> {
  const ids = [...world.roster.users.keys()];
  const found = await world.context.records.findMembers(ids, 'acme');
  return found.filter(
    ({ authenticators, recoveryCodesLeft }) => authenticators.length + recoveryCodesLeft > 0,
  ).length;
}

const notedEnrolled = ({ users }: Roster) =>
  [...users.values()].filter(({ mfaEnrolled }) => mfaEnrolled).length;

describeOnBothStores('switching off with all devices', (open) => {
  async function aWorld(count = 450): Promise<FlowWorld> {
    const world = createFlowWorld({ ...open(), roster: createRoster(manyUsers(count)) });
    await world.savePolicy({ enabled: true, enrollment: 'required' });
    await enrollEverybody(world);
    return world;
  }

  it('says how many people and devices it touches before it does', async () => {
    const world = await aWorld(30);
    await world.enroll('user-000001', { kind: 'sms' });
    await world.enroll('user-000001', { kind: 'email' });
    await countMembers(world.context, 'acme');
    await world.settled();
    expect(await describeDisableImpact(world.context, 'acme')).toMatchObject({
      members: 30,
      people: 30,
      devices: 32,
      counting: false,
      policy: { enabled: true },
    });
  });

  it('switches off alone where devices are to be kept', async () => {
    const world = await aWorld(5);
    const done = await disableMfa(world.context, {
      ...world.act('user-000000'),
      ...ORDER,
      forgetDevices: false,
    });
    await world.settled();
    expect(done).toMatchObject({ outcome: 'switched-off', forgetting: false, policy: { enabled: false } });
    expect(await factorsLeft(world)).toBe(5);
    expect(await findForgetDevicesProgress(world.context, 'acme')).toBeNull();
  });

  it('tells the second of two administrators, and forgets nothing for a stale form', async () => {
    const world = await aWorld(5);
    await world.savePolicy({ backupPhone: true });
    const done = await disableMfa(world.context, { ...world.act('user-000000'), ...ORDER });
    await world.settled();
    expect(done).toMatchObject({ outcome: 'conflict', current: { version: 2, enabled: true } });
    expect(await factorsLeft(world)).toBe(5);
  });

  it('takes everything from everybody behind the answer, and says how far it is', async () => {
    const world = await aWorld();
    const gate = new EventEmitter();
    const opened = once(gate, 'open');
    world.roster.beforeList = async (cursor) => {
      if (cursor !== undefined) await opened;
    };
    const done = await disableMfa(world.context, { ...world.act('user-000000'), ...ORDER });
    expect(done).toMatchObject({ outcome: 'switched-off', forgetting: true });
    expect(await findForgetDevicesProgress(world.context, 'acme')).toMatchObject({
      finishedAt: null,
      of: 450,
      startedBy: 'user-000000',
    });
    gate.emit('open');
    await world.settled();
    expect(await findForgetDevicesProgress(world.context, 'acme')).toEqual({
      startedAt: world.clock.now(),
      finishedAt: world.clock.now(),
      done: 450,
      of: 450,
      people: 450,
      devices: 450,
      startedBy: 'user-000000',
    });
    expect(await factorsLeft(world)).toBe(0);
    expect(notedEnrolled(world.roster)).toBe(0);
    const { events } = await world.context.records.listEvents({
      organizationId: 'acme',
      names: ['devices-forgotten'],
      limit: 5,
    });
    expect(events).toMatchObject([{ actorId: 'user-000000', details: { people: 450, devices: 450 } }]);
    expect(world.errors).toEqual([]);
  });

  it('keeps what was enrolled after it was ordered', async () => {
    const world = await aWorld(3);
    world.roster.beforeList = async () => {
      await world.enroll('user-000001', { id: 'new', kind: 'sms', createdAt: world.clock.now() });
    };
    await disableMfa(world.context, { ...world.act('user-000000'), ...ORDER });
    await world.settled();
    const [, kept] = await world.context.records.findMembers(['user-000000', 'user-000001'], 'acme');
    expect(kept?.authenticators.map(({ id }) => id)).toEqual(['new']);
    expect(world.roster.users.get('user-000001')?.mfaEnrolled).toBe(true);
  });

  it('leaves the people of other organizations alone, whatever list the host gives', async () => {
    const eve = { id: 'eve', name: 'Eve', organizationId: 'globex' };
    const roster = createRoster([...manyUsers(3), eve]);
    const list = async () => ({ users: [...roster.users.values()] });
    const world = createFlowWorld({ ...open(), roster, users: { list } });
    await world.savePolicy({ enabled: true, enrollment: 'required' });
    await enrollEverybody(world);
    await disableMfa(world.context, { ...world.act('user-000000'), ...ORDER });
    await world.settled();
    expect(await findForgetDevicesProgress(world.context, 'acme')).toMatchObject({ people: 3, done: 3 });
    expect((await world.context.records.findMember('eve', 'globex')).authenticators).toHaveLength(1);
    expect(roster.users.get('eve')?.mfaEnrolled).toBe(true);
  });

  it('goes on in another process where the first one failed, and does nothing twice', async () => {
    const stores = open();
    const roster = createRoster(manyUsers(450));
    const first = createFlowWorld({ ...stores, roster });
    await first.savePolicy({ enabled: true, enrollment: 'required' });
    await enrollEverybody(first);
    roster.beforeList = async (cursor) => {
      if (cursor === 'user-000199') throw new Error('The table is gone.');
    };
    await disableMfa(first.context, { ...first.act('user-000000'), ...ORDER });
    await first.settled();
    expect(first.errors).toEqual([new Error('The table is gone.')]);
    expect(await factorsLeft(first)).toBe(250);
    roster.beforeList = async () => undefined;
    const next = createFlowWorld({ ...stores, roster, clock: first.clock });
    resumeJobs(next.context);
    await next.settled();
    expect(await findForgetDevicesProgress(next.context, 'acme')).toMatchObject({
      done: 450,
      people: 450,
      finishedAt: next.clock.now(),
    });
    expect(await factorsLeft(next)).toBe(0);
    expect(notedEnrolled(roster)).toBe(0);
  });

  it('is done once by several processes at work on it', async () => {
    const stores = open();
    const roster = createRoster(manyUsers(450));
    const worlds = [1, 2, 3].map(() => createFlowWorld({ ...stores, roster }));
    const [first] = worlds;
    if (first === undefined) throw new Error('There is no world.');
    await first.savePolicy({ enabled: true, enrollment: 'required' });
    await enrollEverybody(first);
    await disableMfa(first.context, { ...first.act('user-000000'), ...ORDER });
    for (const { context } of worlds) resumeJobs(context);
    await Promise.all(worlds.map((world) => world.settled()));
    expect(await findForgetDevicesProgress(first.context, 'acme')).toMatchObject({ done: 450 });
    expect(await factorsLeft(first)).toBe(0);
    const { events } = await stores.records.listEvents({
      organizationId: 'acme',
      names: ['devices-forgotten'],
      limit: 5,
    });
    expect(events).toHaveLength(1);
  });
});

describe('forgetting devices in a process that is killed', () => {
  it('is finished by the next one', async () => {
    const redis = connectRedis();
    const prefix = 'killed';
    const stores = { records: redisRecords(redis, { prefix }), state: redisState(redis, { prefix }) };
    const world = createFlowWorld({ ...stores, roster: createRoster(manyUsers(450)) });
    await world.savePolicy({ enabled: true, enrollment: 'required' });
    await enrollEverybody(world);
    const child = fork(join(__dirname, '../../support/forget-devices-process.ts'), [redisUrl(), prefix], {
      execArgv: ['--import', pathToFileURL(require.resolve('tsx')).href],
    });
    // It says so when it stands in its second step, with the first one done.
    await once(child, 'message');
    child.kill('SIGKILL');
    await once(child, 'exit');
    const left = await stores.records.findJob('acme', 'forget-devices');
    expect(left).toMatchObject({ step: 1, done: 200, people: 200, finishedAt: null });
    expect(await factorsLeft(world)).toBe(250);
    resumeJobs(world.context);
    await world.settled();
    expect(await factorsLeft(world)).toBe(0);
    expect(await stores.records.findJob('acme', 'forget-devices')).toMatchObject({ done: 450, people: 450 });
    // The other process told a table of its own, which died with it.
    expect(notedEnrolled(world.roster)).toBe(200);
    redis.disconnect();
  });
});
