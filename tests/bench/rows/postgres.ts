import { Pool } from 'pg';
import { describeAdoption } from '../../../src/flows/admin/adoption';
import { countMembers, listMembers, type MemberFilter } from '../../../src/flows/admin/member-list';
import { memoryState } from '../../../src/index';
import { postgresRecords } from '../../../src/postgres';
import { startPostgresServer, type PostgresServer } from '../../support/postgres-server';
import { withRules } from '../../support/records';
import type { Bench } from '../bench';
import { loadPage, signInPeople } from '../load';
import { createMembers, fillMembers, timesMs, middleCursor } from '../many-members';
import { race, startSystem, type Entrant } from '../race';
import { counted, type Row } from '../report';
import { seedMembers } from '../seed-members';
import { pin } from '../server-process';
import { median, pairedRatio, round, type Spread } from '../statistics';

const FEW = 1000;
const FILTERS: readonly MemberFilter[] = ['all', 'not-configured', 'totp', 'exempt'];

/** The records in PostgreSQL and the state in Redis, against Redis alone; and the administrators' pages as members become many. */
export async function measurePostgres(bench: Bench): Promise<readonly Row[]> {
  const postgres = await startPostgresServer();
  // Each connection is a process that starts on the core of this one.
  pin(postgres.pid, 1);
  try {
    return [...(await measureGuard(bench, postgres)), await measurePages(bench, postgres)];
  } finally {
    await postgres.stop();
  }
}

function openRecords(url: string, schema: string) {
  const pool = new Pool({ connectionString: url });
  const store = postgresRecords(pool, { schema, timeoutMs: 60_000 });
  return { pool, store, records: withRules(store) };
}

/** Gives people an app in Redis and in PostgreSQL, measures both, then the second among very many members. */
async function measureGuard(bench: Bench, postgres: PostgresServer): Promise<readonly Row[]> {
  const { warmUpPages, pages: count, members, rounds } = bench.pace;
  const postgresUrl = `${postgres.url}/postgres`;
  await bench.seed(FEW);
  const { pool, store, records } = openRecords(postgresUrl, 'express_mfa');
  await store.migrate();
  await seedMembers(records, FEW);
  const names = ['express-mfa', 'express-mfa on PostgreSQL'] as const;
  const entrants: Entrant[] = [];
  const servers = [];
  for (const name of names) {
    const database = name === 'express-mfa' ? {} : { postgresUrl };
    const started = await startSystem(bench, name, { people: FEW, ...database });
    servers.push(started.server);
    const requests = await signInPeople(started, FEW);
    await loadPage(started, { count: warmUpPages, requests });
    entrants.push({ name, shoot: () => loadPage(started, { count, requests }) });
  }
  const { throughput } = await race(bench, 'guarded route', entrants);
  const shootMany = async () => {
    const shots = [];
    for (let turn = 0; turn < rounds; turn += 1) shots.push(await entrants[1]?.shoot());
    return shots.map((shot) => shot?.perSecond ?? Number.NaN);
  };
  const few = await shootMany();
  await pool.query(`
    INSERT INTO express_mfa.user_documents
    SELECT 'copy-' || copy || owner, member, member_version, recovery_codes, recovery_codes_version, browsers, browsers_version
    FROM express_mfa.user_documents, generate_series(1, ${Math.ceil(members / FEW)}) AS copy`);
  await pool.query('VACUUM ANALYZE express_mfa.user_documents');
  const many = await shootMany();
  await pool.end();
  await Promise.all(servers.map((server) => server.stop()));
  const [redis, inPostgres] = names;
  return [
    throughput(inPostgres, redis, {
      what: 'guarded route with records in PostgreSQL and state in Redis, against Redis alone',
      wanted: { atLeast: 0.75 },
    }),
    {
      what: `guarded route with records in PostgreSQL among ${counted(members)} members, against ${counted(FEW)}`,
      measured: pairedRatio(many, few),
      wanted: { atLeast: 0.87 },
    },
  ];
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

async function measurePages(bench: Bench, postgres: PostgresServer): Promise<Row> {
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

  const compared: { readonly what: string; readonly ratio: Spread }[] = [];
  const compare = async (what: string, acts: readonly (() => Promise<unknown>)[]) => {
    const [small = [], large = []] = await timesMs(acts);
    compared.push({ what, ratio: pairedRatio(large, small) });
    const [ofFew, ofMany] = [median(small), median(large)].map((value) => round(value));
    bench.note(`${what} in PostgreSQL: ${ofFew} ms among ${FEW} members, ${ofMany} ms among ${many}`);
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
      await compare(`member page (${filter}, ${isFirst ? 'the first' : 'one further on'})`, acts);
    }
  }
  await compare(
    'adoption',
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
  const [slowest] = compared.toSorted((a, b) => b.ratio.median - a.ratio.median);
  if (slowest === undefined) throw new Error('No page was measured.');
  return {
    what: `pages of administrators in PostgreSQL among ${counted(many)} members, against ${counted(FEW)}`,
    measured: slowest.ratio,
    wanted: { atMost: 1.15 },
    aside: `the slowest of ${compared.length}: ${slowest.what}`,
  };
}
