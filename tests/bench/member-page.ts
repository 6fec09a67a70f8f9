import { redisRecords } from '../support/records';
import { listMembers, countMembers } from '../../src/flows/admin/member-list';
import type { MemberFilter } from '../../src/flows/admin/member-list';
import { redisState } from '../../src/redis';
import type { FlowWorld } from '../support/admin-flows';
import { connectRedis } from '../support/redis-client';
import { startRedisProxy } from '../support/redis-proxy';
import { startRedisServer } from '../support/redis-server';
import { createMembers, fillMembers, timesMs, middleCursor } from './many-members';
import { median } from './statistics';

// A page of 50 members among 1,000 and among 100,000, in one run: npx tsx tests/bench/member-page.ts

const SIZES = [1000, 100_000];
const FILTERS: readonly MemberFilter[] = ['all', 'not-configured', 'totp', 'in-grace', 'exempt'];

function createWorld(size: number, url: string): FlowWorld & { readonly close: () => void } {
  const redis = connectRedis(url, { db: SIZES.indexOf(size) });
  const stores = { records: redisRecords(redis, { timeoutMs: 30_000 }), state: redisState(redis) };
  return { ...createMembers(size, stores), close: () => redis.disconnect() };
}

async function main(): Promise<void> {
  const server = await startRedisServer();
  const worlds = [];
  for (const size of SIZES) {
    const world = createWorld(size, server.url);
    await world.savePolicy({ enabled: true, enrollment: 'required', skips: 3 });
    await fillMembers(world, size);
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
      const [small = 0, large = 0] = (await timesMs(acts)).map(median);
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
