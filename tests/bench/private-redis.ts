import { startRedisServer, type RedisServer } from '../support/redis-server';
import { cpuMicrosecondsOf, pin } from './server-process';

export interface BenchRedis extends RedisServer {
  cpuMicroseconds(): number;
}

/** A Redis of the bench's own that keeps nothing, on the core of the load: what a disk costs is the same for everybody. */
export async function startBenchRedis(): Promise<BenchRedis> {
  const server = await startRedisServer({ appendOnly: false });
  pin(server.pid, 1);
  return { ...server, cpuMicroseconds: () => cpuMicrosecondsOf(server.pid) };
}
