import { documentsIn as memoryDocuments } from '../../src/stores/memory/documents';
import { queuesIn as memoryQueues } from '../../src/stores/memory/queues';
import { documentsIn } from '../../src/stores/redis/documents';
import { queuesIn } from '../../src/stores/redis/queues';
import { openRedis } from '../../src/stores/redis/store-options';
import { connectRedis } from '../support/redis-client';
import { describeDocuments } from './documents';
import { describeQueues } from './queues';

describe('in memory', () => {
  const documents = memoryDocuments({ documents: new Map(), claims: new Map() });
  describeDocuments(() => documents);
  const queues = memoryQueues(new Map());
  describeQueues(() => queues);
});

describe('in Redis', () => {
  const client = connectRedis();
  afterAll(() => client.disconnect());
  const { redis, keys } = openRedis(client, {});
  describeDocuments(() => documentsIn(redis, keys));
  describeQueues(() => queuesIn(redis, keys));
});
