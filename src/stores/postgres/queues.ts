import { decodeId, encodeId } from '../../core/text/host-id';
import type { QueueStore, QueuedItem } from '../record-store';
import { unreadable, type Queries, type Row } from './queries';

export function queuesIn(queries: Queries, schema: string): QueueStore {
  const table = `${schema}.queued`;

  return {
    async enqueue(queue, { id, userId, body }, { dueAt, most }) {
      await queries.run(
        `INSERT INTO ${table} (queue, id, user_id, due, body) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (queue, id) DO UPDATE SET user_id = $3, due = $4, body = $5`,
        [queue, encodeId(id), userId === null ? null : encodeId(userId), dueAt, body],
      );
      const dropped = await queries.run(
        `DELETE FROM ${table} WHERE queue = $1 AND id IN (
           SELECT id FROM ${table} WHERE queue = $1 ORDER BY due, id
           LIMIT greatest(0, (SELECT count(*) FROM ${table} WHERE queue = $1) - $2)) RETURNING 1`,
        [queue, most],
      );
      return dropped.length;
    },

    async takeDue(queue, { now, latestAt, limit, untilAt }) {
      const rows = await queries.run(
        `WITH taken AS (
           SELECT id, due AS was FROM ${table} WHERE queue = $1 AND (due <= $2 OR due > $5)
           ORDER BY due, id LIMIT $3 FOR UPDATE SKIP LOCKED)
         UPDATE ${table} AS held SET due = $4 FROM taken
         WHERE held.queue = $1 AND held.id = taken.id RETURNING held.id, held.user_id, held.body, taken.was`,
        [queue, now, limit, untilAt, latestAt ?? Number.MAX_SAFE_INTEGER],
      );
      return rows.toSorted((a, b) => Number(a['was']) - Number(b['was'])).map(toItem);
    },

    async listQueued(queue, limit) {
      const rows = await queries.run(
        `SELECT id, user_id, body FROM ${table} WHERE queue = $1 ORDER BY due, id LIMIT $2`,
        [queue, limit],
      );
      return rows.map(toItem);
    },

    async removeQueued(queue, id) {
      await queries.run(`DELETE FROM ${table} WHERE queue = $1 AND id = $2`, [queue, encodeId(id)]);
    },
    async removeQueuedOf(userId) {
      await queries.run(`DELETE FROM ${table} WHERE user_id = $1`, [encodeId(userId)]);
    },
  };
}

function toItem({ id, user_id: userId, body }: Row): QueuedItem {
  if (typeof id !== 'string' || typeof body !== 'string') throw unreadable('a queued item');
  if (userId !== null && typeof userId !== 'string') throw unreadable('a queued item');
  return { id: decodeId(id), userId: userId === null ? null : decodeId(userId), body };
}
