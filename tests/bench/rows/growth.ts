import { Redis } from 'ioredis';
import type { Bench } from '../bench';
import { loadLogins, loadPage, signInPeople, takeTurns } from '../load';
import { startSystem } from '../race';
import { counted, type Row } from '../report';
import { idOf } from '../servers/people';
import { median, pairedRatio, round } from '../statistics';

const PEOPLE = 1000;
/** Those whose sessions the pages belong to. The others log in later, each once within the life of a code. */
const SIGNED_IN = 200;
const LOGINS = 100;
const LOGIN_ROUNDS = 4;

/** Copies what is stored of one person, and of one session, under so many other names. */
const COPY = `
local copied = {}
for number, key in ipairs(KEYS) do copied[number] = redis.call('DUMP', key) end
for i = tonumber(ARGV[1]), tonumber(ARGV[2]) do
  redis.call('RESTORE', 'mfa:{user:copy' .. i .. '}:documents', 0, copied[1])
  redis.call('RESTORE', 'mfa:{user:copy' .. i .. '}:sessions', 86400000, copied[2])
  redis.call('RESTORE', 'mfa:session:copy' .. i, 86400000, copied[3])
end`;

const AT_ONCE = 20_000;

async function addCopies(redis: Redis, members: number): Promise<void> {
  const session = (await redis.scan(0, 'MATCH', 'mfa:session:*', 'COUNT', 100_000))[1][0] ?? '';
  const user = idOf(1);
  const keys = [`mfa:{user:${user}}:documents`, `mfa:{user:${user}}:sessions`, session] as const;
  for (let from = 0; from < members; from += AT_ONCE)
    await redis.eval(COPY, keys.length, ...keys, from, Math.min(members, from + AT_ONCE) - 1);
}

/** The CPU of the same steps among a thousand members and sessions, then among so many more simulated ones. */
export async function measureGrowth(bench: Bench): Promise<readonly Row[]> {
  await bench.seed(PEOPLE);
  const { rounds, pages, members, warmUpPages } = bench.pace;
  const started = await startSystem(bench, 'express-mfa', { people: PEOPLE });
  const redis = new Redis(bench.redis.url);
  const requests = await signInPeople(started, SIGNED_IN);
  const nextPerson = takeTurns(PEOPLE, SIGNED_IN);

  /** Of the server and of Redis together, in microseconds. */
  async function measureSteps(): Promise<{ readonly page: number[]; readonly login: number[] }> {
    const [page, login]: number[][] = [[], []];
    const withRedis = async (
      into: number[] | undefined,
      count: number,
      act: () => ReturnType<typeof loadPage>,
    ) => {
      const before = bench.redis.cpuMicroseconds();
      const { cpuMicroseconds } = await act();
      into?.push(cpuMicroseconds + (bench.redis.cpuMicroseconds() - before) / count);
    };
    for (let turn = 0; turn < rounds; turn += 1)
      await withRedis(page, pages, () => loadPage(started, { count: pages, requests }));
    for (let turn = 0; turn < LOGIN_ROUNDS; turn += 1)
      await withRedis(login, LOGINS, () => loadLogins(started, { logins: LOGINS, nextPerson }));
    return { page: page ?? [], login: login ?? [] };
  }

  await loadPage(started, { count: warmUpPages, requests });
  const few = await measureSteps();
  await addCopies(redis, members);
  const many = await measureSteps();
  redis.disconnect();
  await started.server.stop();
  const [page, login] = [[few.page, many.page] as const, [few.login, many.login] as const].map(
    ([before, after]) => `${round(median(before), 0)} then ${round(median(after), 0)}`,
  );
  bench.note(`growth on Redis, µs CPU: page ${page}, login ${login}`);
  const among = `among ${counted(members)} members and sessions, against ${counted(PEOPLE)}`;
  const wanted = { atMost: 1.15 };
  return [
    { what: `guarded route ${among}, by CPU`, measured: pairedRatio(many.page, few.page), wanted },
    { what: `whole login ${among}, by CPU`, measured: pairedRatio(many.login, few.login), wanted },
  ];
}
