import { decodeId, encodeId } from '../../core/text/host-id';
import type { IndexStore, MarkRange } from '../record-store';
import type { Queries } from './queries';

/** Up to this size, entries are counted individually. */
const MANY = 1000;

export function memberIndexesIn(queries: Queries, schema: string): IndexStore {
  const [entries, sizes] = [`${schema}.member_index`, `${schema}.member_index_sizes`];

  /** Sizes are updated with the entries, so that counting a whole index reads one row. */
  const putSql = `
    WITH wanted AS (SELECT * FROM unnest($3::text[], $4::text[], $5::float8[]) AS wanted (name, member, mark)),
    removed AS (
      DELETE FROM ${entries} AS held WHERE organization = $1 AND member = ANY ($6::text[]) AND name = ANY ($2::text[])
        AND NOT EXISTS (SELECT FROM wanted WHERE wanted.name = held.name AND wanted.member = held.member)
      RETURNING name),
    put AS (
      INSERT INTO ${entries} AS held (organization, name, member, mark)
      SELECT $1, name, member, mark FROM wanted ORDER BY name, member
      ON CONFLICT (organization, name, member) DO UPDATE SET mark = excluded.mark WHERE held.mark <> excluded.mark
      RETURNING name, xmax = 0 AS is_new),
    changes AS (
      SELECT name, sum(change) AS change FROM (
        SELECT name, -1 AS change FROM removed UNION ALL SELECT name, 1 FROM put WHERE is_new) AS each
      GROUP BY name HAVING sum(change) <> 0 ORDER BY name)
    INSERT INTO ${sizes} AS held (organization, name, size) SELECT $1, name, change FROM changes
    ON CONFLICT (organization, name) DO UPDATE SET size = held.size + excluded.size`;

  const held = `FROM ${entries} WHERE organization = $1 AND name = $2`;
  /** A range with many entries of a large index has nearly all of them, so those outside it are counted, in the same snapshot. */
  const countSql = `
    WITH inside AS (
      SELECT count(*) AS size FROM (SELECT ${held} AND mark > $3 AND mark < $4 LIMIT ${MANY}) AS counted)
    SELECT CASE WHEN size < ${MANY} THEN size ELSE
      (SELECT size FROM ${sizes} WHERE organization = $1 AND name = $2)
        - (SELECT count(*) ${held} AND mark <= $3) - (SELECT count(*) ${held} AND mark >= $4)
    END AS size FROM inside`;

  return {
    async indexMembers(organizationId, indexes, members) {
      if (members.length === 0) return;
      const wanted = members.flatMap(({ userId, marks }) =>
        indexes.flatMap((name) => {
          const mark = marks[name];
          return mark === undefined ? [] : [{ name, member: encodeId(userId), mark }];
        }),
      );
      await queries.run(putSql, [
        encodeId(organizationId),
        indexes,
        wanted.map(({ name }) => name),
        wanted.map(({ member }) => member),
        wanted.map(({ mark }) => mark),
        members.map(({ userId }) => encodeId(userId)),
      ]);
    },

    async listIndex({ organizationId, index, after, skip = 0, limit, ...range }) {
      const rows = await queries.run(
        `SELECT member, mark FROM ${entries}
         WHERE organization = $1 AND name = $2 AND mark > $3 AND mark < $4 AND (mark, member) > ($5, $6)
         ORDER BY mark, member LIMIT $7 OFFSET $8`,
        [
          encodeId(organizationId),
          index,
          ...boundsOf(range),
          after?.mark ?? -Infinity,
          encodeId(after?.userId ?? ''),
          Math.max(0, limit),
          skip,
        ],
      );
      return rows.map(({ member, mark }) => ({ userId: decodeId(String(member)), mark: Number(mark) }));
    },

    async countIndex({ organizationId, index, ...range }) {
      const isWhole = range.above === undefined && range.below === undefined;
      const values = [encodeId(organizationId), index];
      const [row] = isWhole
        ? await queries.run(`SELECT size FROM ${sizes} WHERE organization = $1 AND name = $2`, values)
        : await queries.run(countSql, [...values, ...boundsOf(range)]);
      return Number(row?.['size'] ?? 0);
    },

    async removeIndexes(organizationId, indexes) {
      const values = [encodeId(organizationId), indexes];
      await queries.run(`DELETE FROM ${entries} WHERE organization = $1 AND name = ANY ($2)`, values);
      await queries.run(`DELETE FROM ${sizes} WHERE organization = $1 AND name = ANY ($2)`, values);
    },
  };
}

function boundsOf({ above, below }: MarkRange): readonly [number, number] {
  return [above ?? -Infinity, below ?? Infinity];
}
