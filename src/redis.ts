export { redisRecords } from './stores/redis/redis-records';
export { redisState } from './stores/redis/redis-state';
export type { RedisClient } from './stores/redis/command-batch';
export type { RedisStoreOptions } from './stores/redis/store-options';
