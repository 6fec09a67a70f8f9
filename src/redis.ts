export { redisRecords } from './stores/redis/redis-stores';
export { redisState } from './stores/redis/redis-stores';
export { redisStores } from './stores/redis/redis-stores';
export type { RedisClient } from './stores/redis/command-batch';
export type { RedisStoreOptions } from './stores/redis/redis-stores';
