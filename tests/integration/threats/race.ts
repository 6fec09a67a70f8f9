import { createPortal, PASSWORD } from '../../support/portal';
import { postHeld } from '../../support/held-visit';
import type { HeldVisit } from '../../support/held-visit';
import type { PrepareInProcess } from '../../support/processes';
import { Pool } from 'pg';
import { postgresRecords } from '../../../src/postgres';
import { openRedisStores } from '../../support/store-kinds';

/** Posts that one process sends at once. */
export interface Volley {
  readonly name: string;
  readonly visit: HeldVisit;
  /** Codes, or the responses of a passkey as JSON. */
  readonly codes: readonly string[];
}

export interface RaceInput {
  readonly url: string;
  /** Where the records are, if not in Redis. */
  readonly postgresUrl: string | null;
  readonly at: number;
  /** For each process. */
  readonly volleys: readonly (readonly Volley[])[];
}

/** How each post of a volley ended: `signed-in`, or the reason of its refusal. */
export type RaceOutcome = Readonly<Record<string, readonly string[]>>;

export const RACERS = ['totp', 'recovery', 'capped', 'locked'] as const;

/** Has a passkey in the place of an app. */
export const KEY_HOLDER = 'key';

/** The same app in every process: the same people, keys and stores. */
export function openRacePortal(url: string, postgresUrl: string | null) {
  const { redis, state, ...inRedis } = openRedisStores(url);
  const pool = postgresUrl === null ? undefined : new Pool({ connectionString: postgresUrl });
  const inPostgres = pool === undefined ? undefined : postgresRecords(pool, { timeoutMs: 30_000 });
  const records = inPostgres ?? inRedis.records;
  const portal = createPortal({ records, state, passkeys: {}, onError: () => undefined });
  for (const id of [...RACERS, KEY_HOLDER]) {
    portal.users.set(id, { id, username: id, password: PASSWORD, organizationId: 'acme' });
  }
  return {
    portal,
    redis,
    migrate: async () => inPostgres?.migrate(),
    async close(): Promise<void> {
      inRedis.close();
      await pool?.end();
    },
  };
}

/** One server process of the app. */
const prepareServer: PrepareInProcess<RaceInput, RaceOutcome> = async (
  { url, postgresUrl, at, volleys },
  index,
) => {
  const { portal, redis, close } = openRacePortal(url, postgresUrl);
  portal.clock.set(at);
  await redis.ping();
  return async () => {
    const ended = await Promise.all(
      (volleys[index] ?? []).map(async ({ name, visit, codes }) => {
        const answers = await Promise.all(
          codes.map((code) => postHeld(portal.app, visit, '/mfa/challenge', { code, response: code })),
        );
        return [name, answers.map(({ body }) => String(body.because ?? body.outcome))] as const;
      }),
    );
    await portal.mfa.settled();
    await close();
    return Object.fromEntries(ended);
  };
};

export default prepareServer;
