import { redisRecords } from './records';
import { disableMfa } from '../../src/flows/admin/disable';
import { redisState } from '../../src/redis';
import { createFlowWorld, createRoster, manyUsers } from './admin-flows';
import { connectRedis } from './redis-client';

// A process that orders all devices to be forgotten and never gets beyond the second page of the host's table.

async function main(url: string, prefix: string): Promise<void> {
  const redis = connectRedis(url);
  const roster = createRoster(manyUsers(450));
  const stores = { records: redisRecords(redis, { prefix }), state: redisState(redis, { prefix }) };
  const world = createFlowWorld({ ...stores, roster });
  roster.beforeList = async (cursor) => {
    if (cursor === undefined) return;
    process.send?.('in the second step');
    await new Promise(() => undefined);
  };
  await disableMfa(world.context, {
    ...world.act('user-000000'),
    forgetDevices: true,
    expectedVersion: 1,
  });
}

const [url, prefix] = process.argv.slice(2);
void main(url ?? '', prefix ?? '');
