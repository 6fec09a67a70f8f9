import type { Queries } from './queries';

/** Settings under which PostgreSQL may lose what it has confirmed, with the value that they must not have. */
const SETTINGS: readonly (readonly [name: string, bad: string, effect: string])[] = [
  ['fsync', 'off', 'loses or damages records when the machine stops'],
  ['full_page_writes', 'off', 'may damage records when the machine stops'],
  ['synchronous_commit', 'off', 'loses what was written last when it stops'],
];

/** What is wrong with the settings of the database that records are to survive in: one sentence each, with the fix. */
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
