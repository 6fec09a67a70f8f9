import { redisRecords } from '../support/records';
import { listMembers, countMembers } from '../../src/flows/admin/member-list';
import type { MemberFilter } from '../../src/flows/admin/member-list';
import { redisState } from '../../src/redis';
import { createFlowWorld, createRoster, manyUsers } from '../support/admin-flows';
import type { FlowWorld } from '../support/admin-flows';
import { connectRedis } from '../support/redis-client';
import { startRedisProxy } from '../support/redis-proxy';
import { startRedisServer } from '../support/redis-server';

// A page of 50 members among 1,000 and among 100,000, in one run: npx tsx tests/bench/member-page.ts

const SIZES = [1000, 100_000];
const FILTERS: readonly MemberFilter[] = ['all', 'not-configured', 'totp', 'in-grace', 'exempt'];
const ROUNDS = 151;
const DAY = 86_400_000;

/** Every second member has an app, every tenth of the others an exemption. */
async function fill(world: FlowWorld, size: number): Promise<void> {
  const { records, clock } = world.context;
  const now = clock.now();
  for (let at = 0; at < size; at += 1000) {
    const ids = manyUsers(size)
      .slice(at, Math.min(size, at + 1000))
      .map(({ id }) => id);
    await Promise.all(
      ids.map(async (id, number) => {
        if (number % 2 === 0) {
          return records.addAuthenticator(id, {
            id: 'app',
            kind: 'totp',
            label: 'Phone',
            createdAt: now,
            lastUsedAt: now,
            failures: 0,
            disabledAt: null,
            state: {},
            sealedSecret: 'sealed',
            maskedDestination: null,
          });
        }
        const exemption = { reason: 'Leave', grantedBy: 'ada', grantedAt: now, until: now + DAY };
        return number % 20 === 1 ? records.saveExemption(id, 'acme', exemption) : undefined;
      }),
    );
  }
}

/** A directory as a database with an index would be: a page costs the same wherever it begins. */
function createWorld(size: number, url: string): FlowWorld & { readonly close: () => void } {
  const redis = connectRedis(url, { db: SIZES.indexOf(size) });
  const all = manyUsers(size);
  const byId = new Map(all.map((user) => [user.id, user]));
  const world = createFlowWorld({
    records: redisRecords(redis, { timeoutMs: 30_000 }),
    state: redisState(redis),
    roster: createRoster([]),
    users: {
      findById: (id) => byId.get(id),
      findByIds: async (ids) => ids.map((id) => byId.get(id)).filter((user) => user !== undefined),
      count: async () => size,
      async list({ cursor, limit }) {
        const from = cursor === undefined ? 0 : Number(cursor);
        const users = all.slice(from, from + limit);
        return from + limit < size ? { users, nextCursor: String(from + limit) } : { users };
      },
    },
  });
  return { ...world, close: () => redis.disconnect() };
}

async function middleCursor(
  world: FlowWorld,
  filter: MemberFilter,
  size: number,
): Promise<string | undefined> {
  if (filter === 'all') return `d.${size / 2}`;
  let cursor: string | undefined;
  const pages = Math.min(20, size / 1000);
  for (let page = 0; page < pages; page += 1) {
    const from = cursor === undefined ? {} : { cursor };
    const { nextCursor } = await listMembers(world.context, {
      organizationId: 'acme',
      filter,
      limit: 50,
      ...from,
    });
    if (nextCursor === undefined) return cursor;
    cursor = nextCursor;
  }
  return cursor;
}

/** Medians of each act, taken in turns, so that whatever else the machine does weighs on all alike. */
async function mediansMs(acts: readonly (() => Promise<unknown>)[]): Promise<readonly number[]> {
  const taken: number[][] = acts.map(() => []);
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [index, act] of acts.entries()) {
      const begun = performance.now();
      await act();
      taken[index]?.push(performance.now() - begun);
    }
  }
  return taken.map((times) => times.toSorted((a, b) => a - b)[Math.floor(ROUNDS / 2)] ?? 0);
}

async function main(): Promise<void> {
  const server = await startRedisServer();
  const worlds = [];
  for (const size of SIZES) {
    const world = createWorld(size, server.url);
    await world.savePolicy({ enabled: true, enrollment: 'required', skips: 3 });
    await fill(world, size);
    await countMembers(world.context, 'acme');
    const begun = performance.now();
    await world.settled();
    console.log(`roster walk over ${size} members: ${Math.round(performance.now() - begun)} ms`);
    if (world.errors.length > 0) throw new Error(String(world.errors[0]));
    worlds.push({ size, world });
  }
  const proxy = await startRedisProxy(server.url);
  let failed = false;
  for (const filter of FILTERS) {
    for (const place of ['first page', 'page in the middle']) {
      const acts: (() => Promise<unknown>)[] = [];
      for (const { size, world } of worlds) {
        const cursor = place === 'first page' ? undefined : await middleCursor(world, filter, size);
        const query = {
          organizationId: 'acme',
          filter,
          limit: 50,
          ...(cursor === undefined ? {} : { cursor }),
        };
        const { members } = await listMembers(world.context, query);
        if (members.length !== 50) throw new Error(`${filter} among ${size}: ${members.length} members.`);
        acts.push(() => listMembers(world.context, query));
      }
      const costs = await mediansMs(acts);
      const [small = 0, large = 0] = costs;
      failed ||= large > small * 1.5;
      console.log(
        `${filter}, ${place}: ${small.toFixed(2)} ms at 1,000, ${large.toFixed(2)} ms at 100,000, ratio ${(large / small).toFixed(2)}`,
      );
    }
  }
  const measured = createWorld(100_000, proxy.url);
  await measured.context.records.findPolicy('acme');
  for (const filter of FILTERS) {
    const { roundTrips } = await proxy.measure(() =>
      Promise.all([
        listMembers(measured.context, { organizationId: 'acme', filter, limit: 50 }),
        countMembers(measured.context, 'acme'),
      ]),
    );
    failed ||= roundTrips > 3;
    console.log(`${filter}, with the counts of every filter: ${roundTrips} round trips`);
  }
  measured.close();
  for (const { world } of worlds) world.close();
  await proxy.stop();
  await server.stop();
  console.log(
    failed ? 'FAILED: a page costs more than it may.' : 'Within the limits: ratio 1.5, 3 round trips.',
  );
  process.exitCode = failed ? 1 : 0;
}

void main();
