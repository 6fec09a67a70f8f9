import * as z from 'zod';
import { checkOption, checkWhole, type OptionRule, type RulesFor } from '../../options/option-check';
import { number, port } from '../../options/option-kinds';
import type { RecordStore } from '../record-store';
import { documentsIn } from './documents';
import { eventLogIn } from './event-log';
import { memberIndexesIn } from './member-indexes';
import { migrate, migrationSql, requireMigrated } from './migrations';
import { openQueries, type PostgresPool, type Queries } from './queries';
import { queuesIn } from './queues';

/** Settings with which PostgreSQL can lose confirmed writes, and the values that they must not have. */
const SETTINGS: readonly (readonly [name: string, bad: string, effect: string])[] = [
  ['fsync', 'off', 'loses or damages records when the machine stops'],
  ['full_page_writes', 'off', 'may damage records when the machine stops'],
  ['synchronous_commit', 'off', 'loses what was written last when it stops'],
];

export async function findWeaknesses(queries: Queries, schema: string): Promise<readonly string[]> {
  const [[shown = {}], unlogged] = await Promise.all([
    queries.run(
      `SELECT current_setting('fsync') AS fsync, current_setting('full_page_writes') AS full_page_writes,
         current_setting('synchronous_commit') AS synchronous_commit, pg_is_in_recovery()::text AS replica,
         current_setting('transaction_read_only') AS read_only`,
    ),
    queries.run(
      `SELECT relname FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
       WHERE nspname = $1 AND relpersistence = 'u' AND relkind = 'r' ORDER BY relname`,
      [schema],
    ),
  ]);
  const weaknesses = SETTINGS.filter(([name, bad]) => shown[name] === bad).map(
    ([name, , effect]) => `PostgreSQL ${effect}, as \`${name}\` is \`off\`: set it to \`on\`.`,
  );
  if (shown['replica'] === 'true') weaknesses.push('PostgreSQL is a replica: connect to the primary.');
  else if (shown['read_only'] === 'on')
    weaknesses.push(
      'PostgreSQL is read-only for this role, as `default_transaction_read_only` is `on`: set it to `off`.',
    );
  for (const { relname } of unlogged)
    weaknesses.push(
      `PostgreSQL empties the table ${schema}.${String(relname)} after a crash, as it is unlogged: run \`ALTER TABLE ${schema}.${String(relname)} SET LOGGED\`.`,
    );
  return weaknesses;
}

export interface PostgresRecordsOptions {
  /** The schema of the tables. Default `express_mfa`. */
  readonly schema?: string;
  /** The timeout of each call, in milliseconds. Default 1000. */
  readonly timeoutMs?: number;
}

/** Records in PostgreSQL, with methods that create the tables. */
export interface PostgresRecords extends RecordStore {
  /**
   * Creates or updates the schema and its tables. Run it once before the app starts, or at each start; several processes may
   * run it at once. The role needs CREATE on the database; the app afterwards needs only SELECT, INSERT, UPDATE and DELETE.
   */
  migrate(): Promise<void>;
  /** The SQL that `migrate()` runs on an empty database, for a database administrator. */
  migrationSql(): string;
}

const RULES = {
  schema: {
    schema: z.string().regex(/^[a-z_][a-z0-9_]{0,62}$/),
    allowed: 'a lower-case name of letters, digits and underscores, at most 63 of them',
    write: "schema: 'express_mfa'",
    shown: true,
  },
  timeoutMs: number({ min: 1, max: 60_000, unit: 'milliseconds', write: 'timeoutMs: 1000' }),
} satisfies RulesFor<PostgresRecordsOptions>;

const POOL: OptionRule = {
  ...port('a pool of pg', 'new Pool({ connectionString: process.env.DATABASE_URL }) of pg', [
    'connect',
    'query',
  ]),
  required: true,
};

/**
 * Records in PostgreSQL 12 or later, using a pool of the package `pg`. It uses no named statements, so it works with a
 * transaction pooler such as PgBouncer. Every call rejects with `store-unavailable` until `migrate()` has been run, or if a
 * later version of this package made a breaking change to the schema.
 *
 * @example
 * const records = postgresRecords(new Pool({ connectionString: process.env.DATABASE_URL }));
 * await records.migrate();
 */
export function postgresRecords(pool: PostgresPool, options: PostgresRecordsOptions = {}): PostgresRecords {
  checkOption('pool', pool, POOL);
  checkWhole('options', options, RULES, '{ timeoutMs: 1000 }');
  const { schema = 'express_mfa', timeoutMs = 1000 } = options;
  const queries = openQueries(pool, timeoutMs);
  const checked = onceMigrated(queries, schema);
  return {
    ...documentsIn(checked, schema),
    ...eventLogIn(checked, schema),
    ...memberIndexesIn(checked, schema),
    ...queuesIn(checked, schema),
    findWeaknesses: () => findWeaknesses(queries, schema),
    // Building an index on a large table can take longer than the timeout of a request.
    migrate: () => migrate(openQueries(pool, 600_000), schema),
    migrationSql: () => migrationSql(schema),
  };
}

/** Checks before the first statement whether the schema fits this version. After the check has succeeded, it is not repeated. */
function onceMigrated(queries: Queries, schema: string): Queries {
  let checking: Promise<void> | undefined;
  async function ready(): Promise<void> {
    checking ??= requireMigrated(queries, schema);
    try {
      await checking;
    } catch (error) {
      checking = undefined;
      throw error;
    }
  }
  return {
    async run(text, values) {
      await ready();
      return queries.run(text, values);
    },
    async onOneClient(work) {
      await ready();
      return queries.onOneClient(work);
    },
  };
}
