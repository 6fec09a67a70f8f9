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
import { findWeaknesses } from './weaknesses';

export interface PostgresRecordsOptions {
  /** The schema that holds the tables. `express_mfa` by default. */
  readonly schema?: string;
  /** How long any call may take before it is refused, in milliseconds. 1000 by default. */
  readonly timeoutMs?: number;
}

/** Records in PostgreSQL, and what creates their tables. */
export interface PostgresRecords extends RecordStore {
  /**
   * Creates the schema and its tables, or brings them up to date. Run it once before the app starts, or at each start: several
   * processes may run it at once. The role needs CREATE on the database; the app afterwards needs only SELECT, INSERT, UPDATE
   * and DELETE.
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
 * Records in PostgreSQL 12 or later, by a pool of the package `pg`. No statement has a name, so a transaction pooler such as
 * PgBouncer may stand in front. Until `migrate()` was run every call rejects with `store-unavailable`, and so it does where
 * a later version of this package has changed the schema in a way that this one does not know.
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
    // Building an index on a large table takes longer than a request may.
    migrate: () => migrate(openQueries(pool, 600_000), schema),
    migrationSql: () => migrationSql(schema),
  };
}

/** The first statement asks whether the schema fits this version. Once it does, nobody asks again. */
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
