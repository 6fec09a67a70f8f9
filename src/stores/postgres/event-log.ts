import { encodeId } from '../../core/text/host-id';
import type { MfaEvent } from '../../events/events';
import { namesUser, parseEvent, type EventStore } from '../event-store';
import { unreadable, type Queries, type Row } from './queries';

/** The events of an organization are numbered in the order in which they were appended, independent of clocks. */
export function eventLogIn(queries: Queries, schema: string): EventStore {
  const [events, numbers] = [`${schema}.events`, `${schema}.event_numbers`];

  const appendSql = `
    WITH given AS (
      SELECT event, row_number() OVER () AS place FROM unnest($2::jsonb[]) AS given (event)),
    numbered AS (
      INSERT INTO ${numbers} AS held (organization, newest) SELECT $1, count(*) FROM given
      ON CONFLICT (organization) DO UPDATE SET newest = held.newest + excluded.newest RETURNING newest),
    trimmed AS (
      DELETE FROM ${events} WHERE organization = $1
        AND (number <= (SELECT newest FROM numbered) - $3
          OR at < least($4, (extract(epoch FROM now()) * 1000)::bigint - $5)))
    INSERT INTO ${events} (organization, number, at, name, user_id, actor_id, event)
    SELECT $1, newest - (SELECT count(*) FROM given) + place, (event->>'at')::bigint, event->>'name',
      event->>'userId', event->>'actorId', event
    FROM given CROSS JOIN numbered`;

  return {
    async appendEvents(given, { maxCount, maxAgeSeconds }) {
      const newest = given.at(-1);
      if (newest === undefined) return;
      const kept = given.slice(-maxCount).map((event) => JSON.stringify(event, storable));
      const oldest = newest.at - maxAgeSeconds * 1000;
      await queries.run(appendSql, [
        encodeId(newest.organizationId),
        kept,
        maxCount,
        oldest,
        maxAgeSeconds * 1000,
      ]);
    },

    async listEvents({ organizationId, limit, cursor, userIds, names, from, to }) {
      const before = cursor !== undefined && /^\d{1,15}$/.test(cursor) ? cursor : null;
      const rows = await queries.run(
        `SELECT number, event::text AS event FROM ${events} WHERE organization = $1
           AND ($2::bigint IS NULL OR number < $2) AND ($3::text[] IS NULL OR user_id = ANY ($3))
           AND ($4::text[] IS NULL OR name = ANY ($4)) AND ($5::bigint IS NULL OR at >= $5)
           AND ($6::bigint IS NULL OR at < $6)
         ORDER BY number DESC LIMIT $7`,
        [
          encodeId(organizationId),
          before,
          userIds?.map(storableText) ?? null,
          names ?? null,
          from ?? null,
          to ?? null,
          limit + 1,
        ],
      );
      const page = rows.slice(0, limit);
      const found = page.map((row) => toEvent(row, organizationId));
      const last = page.at(-1);
      return rows.length > limit && last !== undefined
        ? { events: found, nextCursor: String(last['number']) }
        : { events: found };
    },

    async eraseFromEvents(organizationId, userId, erase) {
      const rows = await queries.run(
        `SELECT number, event::text AS event FROM ${events}
         WHERE organization = $1 AND strpos(event::text, to_jsonb($2::text)::text) > 0`,
        [encodeId(organizationId), storableText(userId)],
      );
      const named = rows
        .map((row) => ({ number: row['number'], event: toEvent(row, organizationId) }))
        .filter(({ event }) => namesUser(event, storableText(userId)));
      await queries.run(
        `UPDATE ${events} AS held SET event = given.event,
           user_id = given.event->>'userId', actor_id = given.event->>'actorId'
         FROM unnest($2::bigint[], $3::jsonb[]) AS given (number, event)
         WHERE held.organization = $1 AND held.number = given.number`,
        [
          encodeId(organizationId),
          named.map(({ number }) => number),
          named.map(({ event }) => JSON.stringify(erase(event), storable)),
        ],
      );
    },

    async removeEvents(organizationId) {
      await queries.run(`DELETE FROM ${events} WHERE organization = $1`, [encodeId(organizationId)]);
      await queries.run(`DELETE FROM ${numbers} WHERE organization = $1`, [encodeId(organizationId)]);
    },
  };
}

/** PostgreSQL cannot store U+0000 or unpaired surrogates. */
function storable(_: string, value: unknown): unknown {
  return typeof value === 'string' ? storableText(value) : value;
}

function storableText(text: string): string {
  return text.replaceAll(/\0|\p{Surrogate}/gu, '\ufffd');
}

function toEvent({ event }: Row, organizationId: string): MfaEvent {
  const found = typeof event === 'string' ? parseEvent(event, organizationId) : null;
  if (found === null) throw unreadable('an event');
  return found;
}
