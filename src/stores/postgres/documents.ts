import { encodeId } from '../../core/text/host-id';
import {
  ORGANIZATION_DOCUMENTS,
  USER_DOCUMENTS,
  ownerKey,
  parseOwnerKey,
  type CurrentDocument,
  type DocumentAnswer,
  type DocumentChange,
  type DocumentName,
  type DocumentQuery,
  type DocumentStore,
  type Owner,
} from '../document-store';
import { unreadable, type Queries, type Row } from './queries';

/** Each document is two columns of its owner's row. Names come from the lists of documents, never from a request. */
const columnOf = (name: DocumentName): string => name.replace('-', '_');

const TABLES = {
  user: { table: 'user_documents', names: USER_DOCUMENTS },
  organization: { table: 'organization_documents', names: ORGANIZATION_DOCUMENTS },
} as const;

interface WaitingRead {
  readonly query: DocumentQuery;
  readonly resolve: (answer: DocumentAnswer) => void;
  readonly reject: (error: unknown) => void;
}

export function documentsIn(queries: Queries, schema: string): DocumentStore {
  const readSql = toReadSql(schema);
  let waiting: WaitingRead[] = [];

  /** Reads in one turn of the event loop share a statement. */
  function readOne(query: DocumentQuery): Promise<DocumentAnswer> {
    return new Promise((resolve, reject) => {
      if (waiting.length === 0) setImmediate(readWaiting);
      waiting.push({ query, resolve, reject });
    });
  }

  function readWaiting(): void {
    const reads = waiting;
    waiting = [];
    const values = [
      reads.map(({ query }) => query.owner.kind),
      reads.map(({ query }) => encodeId(query.owner.id)),
      reads.map(({ query }) => query.name),
      reads.map(({ query }) => query.known ?? null),
    ];
    queries.run(readSql, values).then(
      (rows) => {
        const byPlace = new Map(rows.map((row) => [Number(row['place']), row]));
        for (const [place, read] of reads.entries()) {
          try {
            read.resolve(toAnswer(byPlace.get(place + 1), read.query));
          } catch (error) {
            read.reject(error);
          }
        }
      },
      (error: unknown) => reads.forEach(({ reject }) => reject(error)),
    );
  }

  async function findCurrent(
    owner: Owner,
    changes: readonly DocumentChange[],
  ): Promise<readonly CurrentDocument[]> {
    const answers = await Promise.all(changes.map(({ name }) => readOne({ owner, name })));
    return answers.map((answer) => (answer.outcome === 'unchanged' ? { outcome: 'absent' } : answer));
  }

  return {
    read: (wanted) => Promise.all(wanted.map(readOne)),

    async write(owner, changes) {
      const [text, values] = toWrite(schema, owner, changes);
      const rows = await queries.run(text, values);
      if (rows.length > 0) return { outcome: 'written' };
      return { outcome: 'conflict', current: await findCurrent(owner, changes) };
    },

    async removeDocuments(owner) {
      const { table } = TABLES[owner.kind];
      await queries.run(`DELETE FROM ${schema}.${table} WHERE owner = $1`, [encodeId(owner.id)]);
      await queries.run(`DELETE FROM ${schema}.claims WHERE owner = $1`, [ownerKey(owner)]);
    },

    async claim(key, owner) {
      const rows = await queries.run(
        `INSERT INTO ${schema}.claims AS held (key, owner) VALUES ($1, $2)
         ON CONFLICT (key) DO UPDATE SET owner = held.owner WHERE held.owner = $2 RETURNING key`,
        [encodeId(key), ownerKey(owner)],
      );
      return rows.length > 0;
    },
    async findOwner(key) {
      const [row] = await queries.run(`SELECT owner FROM ${schema}.claims WHERE key = $1`, [encodeId(key)]);
      if (row === undefined) return undefined;
      const owner = parseOwnerKey(String(row['owner']));
      if (owner === undefined) throw unreadable('the owner of a key');
      return owner;
    },
    async release(key, owner) {
      await queries.run(`DELETE FROM ${schema}.claims WHERE key = $1 AND owner = $2`, [
        encodeId(key),
        ownerKey(owner),
      ]);
    },
  };
}

/** A body is only sent if its version differs from the one that the caller has. */
function toReadSql(schema: string): string {
  const ofKind = (kind: Owner['kind']) => {
    const { table, names } = TABLES[kind];
    const pick = (suffix: string, cast = '') =>
      `CASE asked.name ${names.map((name) => `WHEN '${name}' THEN held.${columnOf(name)}${suffix}${cast}`).join(' ')} END`;
    const version = pick('_version');
    return `SELECT asked.place, ${version} AS version,
      CASE WHEN ${version} IS DISTINCT FROM asked.known THEN ${pick('', '::text')} END AS body
      FROM asked JOIN ${schema}.${table} AS held ON asked.kind = '${kind}' AND held.owner = asked.owner`;
  };
  return `WITH asked AS (
      SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[])
        WITH ORDINALITY AS asked (kind, owner, name, known, place))
    ${ofKind('user')} UNION ALL ${ofKind('organization')}`;
}

function toAnswer(row: Row | undefined, { known }: DocumentQuery): DocumentAnswer {
  const { version = null, body = null } = row ?? {};
  if (version === null && body === null) return { outcome: 'absent' };
  if (typeof version !== 'string') throw unreadable('a document');
  if (known !== undefined && version === known) return { outcome: 'unchanged' };
  if (typeof body !== 'string') throw unreadable('a document');
  return { outcome: 'found', version, body };
}

/**
 * One statement. It writes nothing and returns no row if a document does not have the expected version. An existing row is
 * updated under its lock, so the second of two writers sees the version of the first. A missing row is only inserted if all
 * named documents were expected to be absent.
 */
function toWrite(
  schema: string,
  owner: Owner,
  changes: readonly DocumentChange[],
): readonly [string, readonly unknown[]] {
  const { table } = TABLES[owner.kind];
  const values: (string | null)[] = [encodeId(owner.id)];
  const put = (value: string | null) => `$${values.push(value)}`;
  const conditions: string[] = [];
  const columns: string[] = ['owner'];
  const given: string[] = ['$1'];
  const sets: string[] = ['owner = held.owner'];
  for (const { name, expected, next } of changes) {
    const column = columnOf(name);
    conditions.push(`held.${column}_version IS NOT DISTINCT FROM ${put(expected)}::text`);
    if (next === undefined) continue;
    const [body, version] = [put(next?.body ?? null), put(next?.version ?? null)];
    columns.push(column, `${column}_version`);
    given.push(`${body}::jsonb`, `${version}::text`);
    sets.push(`${column} = ${body}::jsonb`, `${column}_version = ${version}::text`);
  }
  const isNew = changes.every(({ expected }) => expected === null);
  const target = `${schema}.${table} AS held`;
  const text = isNew
    ? `INSERT INTO ${target} (${columns.join(', ')}) VALUES (${given.join(', ')})
       ON CONFLICT (owner) DO UPDATE SET ${sets.join(', ')} WHERE ${conditions.join(' AND ')} RETURNING 1`
    : `UPDATE ${target} SET ${sets.join(', ')} WHERE held.owner = $1 AND ${conditions.join(' AND ')} RETURNING 1`;
  return [text, values];
}
