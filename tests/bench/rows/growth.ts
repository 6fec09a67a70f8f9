import { Redis } from 'ioredis';
import type { Bench } from '../bench';
import { loadLogins, loadPage } from '../load';
import { idOf } from '../servers/people';
import type { Row } from '../report';
import { median, round } from '../statistics';
import { SYSTEMS } from '../systems';

const PEOPLE = 1000;
/** Few enough that nobody's turn comes twice within the life of a code. */
const LOGINS = 200;

/** Copies what is stored of one person, and of one session, under so many other names. */
const COPY = `
local member, sessions, session = redis.call('DUMP', KEYS[1]), redis.call('DUMP', KEYS[2]), redis.call('DUMP', KEYS[3])
for i = tonumber(ARGV[1]), tonumber(ARGV[2]) do
  redis.call('RESTORE', 'mfa:{user:copy' .. i .. '}:member', 0, member)
  redis.call('RESTORE', 'mfa:{user:copy' .. i .. '}:sessions', 86400000, sessions)
  redis.call('RESTORE', 'mfa:session:copy' .. i, 86400000, session)
end`;

const AT_ONCE = 20_000;

/** The same steps among a thousand members and sessions, then among so many more simulated ones. */
export async function measureGrowth(bench: Bench): Promise<readonly Row[]> {
  await bench.seed(PEOPLE);
  const { rounds, pages, members } = bench.pace;
  const system = SYSTEMS['express-mfa'];
  const server = await system.start({ redisUrl: bench.redis.url, people: PEOPLE });
  const started = { system, server };
  const redis = new Redis(bench.redis.url);
  let person = 0;
  const nextPerson = () => (person += 1) % PEOPLE;

  async function measureSteps(): Promise<{ page: number; login: number }> {
    const pageCpu: number[] = [];
    const loginCpu: number[] = [];
    for (let turn = 0; turn < rounds; turn += 1) {
      const before = bench.redis.cpuMicroseconds();
      const page = await loadPage(started, { connections: 64, requests: pages, person: nextPerson() });
      pageCpu.push(page.cpuMicroseconds + (bench.redis.cpuMicroseconds() - before) / pages);
      if (turn > 1) continue;
      const login = await loadLogins(started, { connections: 16, logins: LOGINS, nextPerson });
      loginCpu.push(login.cpuMicroseconds);
    }
    return { page: median(pageCpu), login: median(loginCpu) };
  }

  await loadPage(started, { connections: 64, requests: bench.pace.warmUpPages, person: nextPerson() });
  const few = await measureSteps();
  const session = (await redis.scan(0, 'MATCH', 'mfa:session:*', 'COUNT', 100_000))[1][0] ?? '';
  const user = idOf(1);
  const keys = [`mfa:{user:${user}}:member`, `mfa:{user:${user}}:sessions`, session] as const;
  for (let from = 0; from < members; from += AT_ONCE)
    await redis.eval(COPY, keys.length, ...keys, from, Math.min(members, from + AT_ONCE) - 1);
  // A code is accepted once: the people of the first half wait for the next one.
  const many = await measureSteps();
  redis.disconnect();
  await server.stop();
  bench.note(
    `growth: page ${round(few.page)} then ${round(many.page)} µs, login ${round(few.login)} then ${round(many.login)} µs CPU`,
  );
  return [
    {
      what: `guarded route among ${members} members and sessions, against 1000`,
      measured: many.page / few.page,
      wanted: { atMost: 1.15 },
    },
    {
      what: `whole login among ${members} members and sessions, against 1000`,
      measured: many.login / few.login,
      wanted: { atMost: 1.15 },
    },
  ];
}
