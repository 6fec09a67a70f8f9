import { MfaError } from '../../core/errors';
import { codeOf, unavailable, type Queries } from './queries';

interface Migration {
  readonly id: number;
  /** True if versions that do not know this migration must not use the schema. */
  readonly breaking: boolean;
  readonly sql: (schema: string) => string;
}

const MIGRATIONS: readonly Migration[] = [
  {
    id: 1,
    breaking: true,
    sql: (schema) => `
      CREATE TABLE ${schema}.user_documents (
        owner text COLLATE "C" PRIMARY KEY,
        member jsonb, member_version text,
        recovery_codes jsonb, recovery_codes_version text,
        browsers jsonb, browsers_version text
      );
      CREATE TABLE ${schema}.organization_documents (
        owner text COLLATE "C" PRIMARY KEY,
        policy jsonb, policy_version text,
        adoption jsonb, adoption_version text,
        jobs jsonb, jobs_version text
      );
      CREATE TABLE ${schema}.claims (key text COLLATE "C" PRIMARY KEY, owner text NOT NULL);
      CREATE INDEX claims_by_owner ON ${schema}.claims (owner);
      CREATE TABLE ${schema}.event_numbers (organization text COLLATE "C" PRIMARY KEY, newest bigint NOT NULL);
      CREATE TABLE ${schema}.events (
        organization text COLLATE "C", number bigint, at bigint NOT NULL,
        name text NOT NULL, user_id text, actor_id text, event jsonb NOT NULL,
        PRIMARY KEY (organization, number)
      );
      CREATE INDEX events_by_user ON ${schema}.events (organization, user_id, number);
      CREATE INDEX events_by_time ON ${schema}.events (organization, at);
      CREATE TABLE ${schema}.member_index (
        organization text COLLATE "C", name text COLLATE "C", member text COLLATE "C", mark double precision NOT NULL,
        PRIMARY KEY (organization, name, member)
      );
      CREATE INDEX member_index_by_mark ON ${schema}.member_index (organization, name, mark, member);
      CREATE TABLE ${schema}.member_index_sizes (
        organization text COLLATE "C", name text COLLATE "C", size bigint NOT NULL, PRIMARY KEY (organization, name)
      );
      CREATE TABLE ${schema}.queued (
        queue text COLLATE "C", id text COLLATE "C", user_id text, due bigint NOT NULL, body text NOT NULL,
        PRIMARY KEY (queue, id)
      );
      CREATE INDEX queued_by_due ON ${schema}.queued (queue, due, id);
      CREATE INDEX queued_by_user ON ${schema}.queued (user_id);`,
  },
  {
    id: 2,
    breaking: false,
    sql: (schema) => `
      CREATE VIEW ${schema}.member AS
        SELECT owner AS user_id, jsonb_array_length(member->'authenticators') AS authenticators,
          (member->'recoveryCodes'->>'left')::int AS recovery_codes_left,
          to_timestamp((member->>'sessionsEndedAt')::double precision / 1000) AS sessions_ended_at
        FROM ${schema}.user_documents WHERE member IS NOT NULL;
      CREATE VIEW ${schema}.authenticator AS
        SELECT owner AS user_id, one->>'id' AS id, one->>'kind' AS kind, one->>'label' AS label,
          to_timestamp((one->>'createdAt')::double precision / 1000) AS created_at,
          to_timestamp((one->>'lastUsedAt')::double precision / 1000) AS last_used_at,
          to_timestamp((one->>'disabledAt')::double precision / 1000) AS disabled_at
        FROM ${schema}.user_documents CROSS JOIN jsonb_array_elements(member->'authenticators') AS one;
      CREATE VIEW ${schema}.policy AS
        SELECT owner AS organization_id, (policy->'policy'->>'enabled')::boolean AS enabled,
          policy->'policy'->>'enrollment' AS enrollment, policy->'policy'->'methods' AS methods,
          (policy->'policy'->>'version')::int AS version
        FROM ${schema}.organization_documents WHERE policy->'policy' IS NOT NULL;`,
  },
];

const NEWEST = Math.max(...MIGRATIONS.map(({ id }) => id));

function beginSql(schema: string): readonly string[] {
  return [
    `CREATE SCHEMA IF NOT EXISTS ${schema}`,
    `CREATE TABLE IF NOT EXISTS ${schema}.migrations (id integer PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now(), breaking boolean NOT NULL)`,
  ];
}

function recordSql(schema: string, { id, breaking }: Migration): string {
  return `INSERT INTO ${schema}.migrations (id, breaking) VALUES (${id}, ${breaking})`;
}

export function migrationSql(schema: string): string {
  const steps = MIGRATIONS.map((one) => `BEGIN;\n${recordSql(schema, one)};${one.sql(schema)}\nCOMMIT;`);
  return `${[...beginSql(schema), ''].join(';\n')}${steps.join('\n')}\n`;
}

/** Each migration first inserts its own record, so that one of several processes runs it, and the others wait. */
export async function migrate(queries: Queries, schema: string): Promise<void> {
  for (const sql of beginSql(schema)) await ignoreErrors(ALREADY_EXISTS, () => queries.run(sql));
  for (const migration of MIGRATIONS) {
    // In order, because each migration builds on the previous ones. oxlint-disable-next-line no-await-in-loop
    await queries.onOneClient(async (run) => {
      await run('BEGIN');
      try {
        await run(recordSql(schema, migration));
        await run(migration.sql(schema));
        await run('COMMIT');
      } catch (error) {
        await run('ROLLBACK');
        if (!isOneOf(ALREADY_EXISTS, error)) throw error;
      }
    });
  }
}

/** If another process was faster: unique_violation, duplicate_table, duplicate_schema, duplicate_object (a table's type). */
const ALREADY_EXISTS: ReadonlySet<string> = new Set(['23505', '42P07', '42P06', '42710']);

function isOneOf(codes: ReadonlySet<string>, error: unknown): boolean {
  const code = codeOf(error instanceof MfaError ? error.cause : error);
  return code !== undefined && codes.has(code);
}

async function ignoreErrors(codes: ReadonlySet<string>, act: () => Promise<unknown>): Promise<void> {
  try {
    await act();
  } catch (error) {
    if (!isOneOf(codes, error)) throw error;
  }
}

/** @throws MfaError `store-unavailable` if the schema is older than this code, or has a newer breaking migration. */
export async function requireMigrated(queries: Queries, schema: string): Promise<void> {
  const rows = await queries.run(`SELECT id, breaking FROM ${schema}.migrations`);
  const applied = new Set(rows.map(({ id }) => Number(id)));
  const missing = MIGRATIONS.find(({ id }) => !applied.has(id));
  if (missing !== undefined)
    throw unavailable(
      `migration ${missing.id} was not run: run \`await records.migrate()\` once, before the app starts`,
    );
  const unknown = rows.find(({ id, breaking }) => Number(id) > NEWEST && breaking === true);
  if (unknown !== undefined)
    throw unavailable(
      `its schema is of a later version of express-mfa (migration ${String(unknown['id'])}): update this app`,
    );
}
