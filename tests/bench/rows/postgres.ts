import { Pool } from 'pg';
import { describeAdoption } from '../../../src/flows/admin/adoption';
import { countMembers, listMembers, type MemberFilter } from '../../../src/flows/admin/member-list';
import { memoryState } from '../../../src/index';
import { postgresRecords } from '../../../src/postgres';
import { startPostgresServer, type PostgresServer } from '../../support/postgres-server';
import { withRules } from '../../support/records';
import type { Bench } from '../bench';
import { loadPage, type Started } from '../load';
import { createMembers, fillMembers, mediansMs, middleCursor } from '../many-members';
import type { Row } from '../report';
import { seedMembers } from '../seed-members';
import { pin } from '../server-process';
import { median, pairedRatio, round } from '../statistics';
import { SYSTEMS } from '../systems';

const PEOPLE = 1000;
const FEW = 1000;
const FILTERS: readonly MemberFilter[] = ['all', 'not-configured', 'totp', 'exempt'];

/** The records in PostgreSQL and the state in Redis, against Redis alone; and the administrators' pages as members become many. */
export async function measurePostgres(bench: Bench): Promise<readonly Row[]> {
  const postgres = await startPostgresServer();
  // Each connection is a process that starts on the core of this one.
  pin(postgres.pid, 1);
  try {
    return [await measureGuard(bench, postgres), ...(await measurePages(bench, postgres))];
  } finally {
    await postgres.stop();
  }
}

function openRecords(url: string, schema: string) {
  const pool = new Pool({ connectionString: url });
  const store = postgresRecords(pool, { schema, timeoutMs: 60_000 });
  return { pool, store, records: withRules(store) };
}

async function measureGuard(bench: Bench, postgres: PostgresServer): Promise<Row> {
  const postgresUrl = `${postgres.url}/postgres`;
  await bench.seed(PEOPLE);
  const { pool, store, records } = openRecords(postgresUrl, 'express_mfa');
  await store.migrate();
  await seedMembers(records, PEOPLE);
  await pool.end();
  const started: Started[] = [];
  for (const name of ['express-mfa', 'express-mfa on PostgreSQL'] as const) {
    const system = SYSTEMS[name];
    const database = name === 'express-mfa' ? {} : { postgresUrl };
    const server = await system.start({ redisUrl: bench.redis.url, people: PEOPLE, ...database });
    started.push({ system, server });
  }
  const { warmUpPages, pages, rounds } = bench.pace;
  let person = 0;
  const load = (one: Started, requests: number) =>
    loadPage(one, { connections: 64, requests, person: (person += 1) });
  const perSecond: number[][] = started.map(() => []);
  for (const one of started) await load(one, warmUpPages);
  for (let turn = 0; turn < rounds; turn += 1) {
    for (const [index, one] of started.entries()) perSecond[index]?.push((await load(one, pages)).perSecond);
  }
  await Promise.all(started.map(({ server }) => server.stop()));
  const [redis = [], inPostgres = []] = perSecond;
  bench.note(
    `guarded route: ${round(median(redis), 0)} requests/s on Redis, ${round(median(inPostgres), 0)} with records in PostgreSQL`,
  );
  return {
    what: 'guarded route with records in PostgreSQL and state in Redis, against Redis alone',
    measured: pairedRatio(inPostgres, redis),
    wanted: { atLeast: 0.75 },
  };
}

/** Gives each of a thousand members so many copies, with everything that is stored of them. */
function copySql(from: string, to: string, copies: number): readonly string[] {
  const idOf = (column: string) =>
    `'user-' || lpad((copy * ${FEW} + substr(${column}, 6)::int)::text, 6, '0')`;
  const copied = `generate_series(0, ${copies - 1}) AS copy`;
  return [
    `INSERT INTO ${to}.organization_documents SELECT * FROM ${from}.organization_documents`,
    `INSERT INTO ${to}.user_documents
       SELECT ${idOf('owner')}, member, member_version, recovery_codes, recovery_codes_version, browsers, browsers_version
       FROM ${from}.user_documents, ${copied}`,
    `INSERT INTO ${to}.member_index SELECT organization, name, ${idOf('member')}, mark FROM ${from}.member_index, ${copied}`,
    `INSERT INTO ${to}.member_index_sizes SELECT organization, name, size * ${copies} FROM ${from}.member_index_sizes`,
    `VACUUM ANALYZE`,
  ];
}

async function measurePages(bench: Bench, postgres: PostgresServer): Promise<readonly Row[]> {
  const url = `${postgres.url}/postgres`;
  const { members: many } = bench.pace;
  const sizes = [
    { size: FEW, ...openRecords(url, 'few') },
    { size: many, ...openRecords(url, 'many') },
  ];
  for (const { store } of sizes) await store.migrate();
  const worlds = sizes.map(({ size, records }) => createMembers(size, { records, state: memoryState() }));
  const [few] = worlds;
  if (few === undefined) throw new Error('There is nothing to copy.');
  await few.savePolicy({ enabled: true, enrollment: 'required', skips: 3 });
  await fillMembers(few, FEW);
  await countMembers(few.context, 'acme');
  await few.settled();
  for (const sql of copySql('few', 'many', many / FEW)) await sizes[1]?.pool.query(sql);

  const rows: Row[] = [];
  const compare = async (what: string, acts: readonly (() => Promise<unknown>)[]) => {
    const [small = 0, large = 0] = await mediansMs(acts);
    bench.note(`${what}: ${round(small)} ms among ${FEW} members, ${round(large)} ms among ${many}`);
    rows.push({
      what: `${what} among ${many} members, against ${FEW}`,
      measured: large / small,
      wanted: { atMost: 1.15 },
    });
  };
  for (const filter of FILTERS) {
    for (const isFirst of [true, false]) {
      const acts = [];
      for (const [index, world] of worlds.entries()) {
        const cursor = isFirst ? undefined : await middleCursor(world, filter, sizes[index]?.size ?? 0);
        const page = {
          organizationId: 'acme',
          filter,
          limit: 50,
          ...(cursor === undefined ? {} : { cursor }),
        };
        const { members } = await listMembers(world.context, page);
        if (members.length !== 50) throw new Error(`${filter}: ${members.length} members.`);
        acts.push(() => listMembers(world.context, page));
      }
      await compare(
        `member page (${filter}, ${isFirst ? 'the first' : 'one further on'}) in PostgreSQL`,
        acts,
      );
    }
  }
  await compare(
    'adoption in PostgreSQL',
    worlds.map(({ context }) => async () => {
      const { members, counting } = await describeAdoption(context, {
        organizationId: 'acme',
        administrators: [],
      });
      if (counting !== null || members === 0) throw new Error('The members were not counted.');
    }),
  );
  for (const world of worlds) await world.settled();
  await Promise.all(sizes.map(({ pool }) => pool.end()));
  return rows;
}
