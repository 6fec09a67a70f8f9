import { Redis } from 'ioredis';
import { redisRecords } from '../support/records';
import type { BenchRedis } from './private-redis';
import { seedMembers } from './seed-members';

/** How much is measured. Counts and not seconds: a server on a busy machine has to come as far before it is warm. */
export interface Pace {
  readonly rounds: number;
  readonly warmUpPages: number;
  readonly pages: number;
  readonly warmUpLogins: number;
  readonly logins: number;
  /** Simulated members, each with a session. */
  readonly members: number;
}

export const QUICK: Pace = {
  rounds: 11,
  warmUpPages: 12_000,
  pages: 2000,
  warmUpLogins: 2500,
  logins: 250,
  members: 200_000,
};
export const THOROUGH: Pace = {
  rounds: 25,
  warmUpPages: 40_000,
  pages: 8000,
  warmUpLogins: 6000,
  logins: 800,
  members: 1_000_000,
};

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
      await seedMembers(redisRecords(client, { timeoutMs: 60_000 }), people);
      client.disconnect();
    },
    note: (line) => void process.stdout.write(`${line}\n`),
  };
}
