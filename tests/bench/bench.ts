import { Redis } from 'ioredis';
import { redisRecords } from '../support/records';
import type { BenchRedis } from './private-redis';
import { seedMembers } from './seed-members';

/** How much is measured. Counts, not seconds: a server on a busy machine needs as many requests before it is warm. */
export interface Pace {
  readonly rounds: number;
  /** Different people, each signed in, whose requests come in random order. */
  readonly people: number;
  readonly warmUpPages: number;
  readonly pages: number;
  readonly warmUpLogins: number;
  readonly logins: number;
  /** Simulated members, each with a session. */
  readonly members: number;
  readonly soak: { readonly requests: number; readonly logins: number };
  /** Of load at 70 %, in each round. */
  readonly steadySeconds: number;
}

export const PACES = {
  thorough: {
    rounds: 9,
    people: 7500,
    warmUpPages: 12_000,
    pages: 3000,
    warmUpLogins: 2500,
    logins: 400,
    members: 1_000_000,
    soak: { requests: 1_000_000, logins: 100_000 },
    steadySeconds: 2,
  },
  quick: {
    rounds: 7,
    people: 7500,
    warmUpPages: 6000,
    pages: 2000,
    warmUpLogins: 1200,
    logins: 200,
    members: 100_000,
    soak: { requests: 60_000, logins: 6000 },
    steadySeconds: 1,
  },
  /** Tries that every row runs; its figures mean nothing. */
  trial: {
    rounds: 2,
    people: 60,
    warmUpPages: 200,
    pages: 200,
    warmUpLogins: 20,
    logins: 20,
    members: 2000,
    soak: { requests: 2000, logins: 200 },
    steadySeconds: 0.5,
  },
} satisfies Readonly<Record<string, Pace>>;

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
