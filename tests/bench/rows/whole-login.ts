import type { Bench } from '../bench';
import { loadLogins, type Started } from '../load';
import type { Row } from '../report';
import { median, pairedRatio, round } from '../statistics';
import { SYSTEMS } from '../systems';

const CONNECTIONS = 16;
/** Enough that nobody's turn comes twice within the life of a code. */
const PEOPLE = 20_000;

/** Password, code, first page, by people who each sign in once; the hash of the password is made cheap for everybody. */
export async function measureWholeLogin(bench: Bench): Promise<readonly Row[]> {
  await bench.seed(PEOPLE);
  const names = ['express-mfa', 'hand-written', 'better-auth'] as const;
  const started: Started[] = [];
  for (const name of names) {
    const system = SYSTEMS[name];
    const server = await system.start({ redisUrl: bench.redis.url, people: PEOPLE });
    started.push({ system, server });
  }
  const perSecond = new Map(names.map((name) => [name as string, [] as number[]]));
  const cpu = new Map(names.map((name) => [name as string, [] as number[]]));
  const { warmUpLogins, logins, rounds } = bench.pace;
  let person = 0;
  const nextPerson = () => (person += 1) % PEOPLE;
  for (const one of started)
    await loadLogins(one, { connections: CONNECTIONS, logins: warmUpLogins, nextPerson });
  for (let turn = 0; turn < rounds; turn += 1) {
    for (const one of started) {
      const shot = await loadLogins(one, { connections: CONNECTIONS, logins, nextPerson });
      perSecond.get(one.system.name)?.push(shot.perSecond);
      cpu.get(one.system.name)?.push(shot.cpuMicroseconds);
    }
  }
  await Promise.all(started.map(({ server }) => server.stop()));
  const of = (from: typeof perSecond, name: string) => from.get(name) ?? [];
  for (const name of names) {
    bench.note(
      `whole login, ${name}: ${round(median(of(perSecond, name)), 0)} logins/s, ${round(median(of(cpu, name)) / 1000, 3)} ms CPU each`,
    );
  }
  const against = (name: string) => pairedRatio(of(perSecond, 'express-mfa'), of(perSecond, name));
  const cpuAgainst = (name: string) => pairedRatio(of(cpu, name), of(cpu, 'express-mfa'));
  return [
    {
      what: 'whole login against the hand-written one',
      measured: against('hand-written'),
      wanted: { atLeast: 1.15 },
      aside: `by CPU ${round(cpuAgainst('hand-written'))}`,
    },
    {
      what: 'whole login against better-auth',
      measured: against('better-auth'),
      wanted: { atLeast: 6 },
      aside: `by CPU ${round(cpuAgainst('better-auth'))}`,
    },
  ];
}
