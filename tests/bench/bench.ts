import { Redis } from 'ioredis';
import type { BenchRedis } from './private-redis';
import { seedMembers } from './seed-members';

/** How long everything is measured. */
export interface Pace {
  readonly rounds: number;
  readonly seconds: number;
  readonly warmUpSeconds: number;
  readonly people: number;
}

export const QUICK: Pace = { rounds: 15, seconds: 0.5, warmUpSeconds: 3, people: 20_000 };
export const THOROUGH: Pace = { rounds: 15, seconds: 3, warmUpSeconds: 8, people: 60_000 };

/** What each row of the table works with. */
export interface Bench {
  readonly redis: BenchRedis;
  readonly pace: Pace;
  /** Empties Redis and gives so many people an authenticator app. */
  seed(people: number): Promise<void>;
  /** A line beside the table. */
  note(line: string): void;
}

export function createBench(redis: BenchRedis, pace: Pace): Bench {
  return {
    redis,
    pace,
    async seed(people) {
      const client = new Redis(redis.url);
      await client.flushall();
      client.disconnect();
      await seedMembers(redis.url, people);
    },
    note: (line) => void process.stdout.write(`${line}\n`),
  };
}
