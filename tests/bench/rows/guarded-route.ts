import type { Bench } from '../bench';
import { loadPage, type Started } from '../load';
import { median, pairedRatio, round } from '../statistics';
import type { Row } from '../report';
import { SYSTEMS } from '../systems';

const PEOPLE = 1000;

/** A page below the guard, with session, member, policy and session entry read for every request. */
export async function measureGuardedRoute(bench: Bench): Promise<readonly Row[]> {
  await bench.seed(PEOPLE);
  const names = ['express-mfa', 'plain-session', 'passport-session', 'better-auth'] as const;
  const started: Started[] = [];
  for (const name of names) {
    const system = SYSTEMS[name];
    const server = await system.start({ redisUrl: bench.redis.url, people: PEOPLE });
    started.push({ system, server });
  }
  const perSecond = new Map(names.map((name) => [name as string, [] as number[]]));
  const cpu = new Map(names.map((name) => [name as string, [] as number[]]));
  const { warmUpPages, pages, rounds } = bench.pace;
  let person = 0;
  for (const one of started)
    await loadPage(one, { connections: 64, requests: warmUpPages, person: (person += 1) });
  for (let turn = 0; turn < rounds; turn += 1) {
    for (const one of started) {
      const shot = await loadPage(one, { connections: 64, requests: pages, person: (person += 1) });
      perSecond.get(one.system.name)?.push(shot.perSecond);
      cpu.get(one.system.name)?.push(shot.cpuMicroseconds);
    }
  }
  await Promise.all(started.map(({ server }) => server.stop()));
  const of = (from: typeof perSecond, name: string) => from.get(name) ?? [];
  for (const name of names) {
    bench.note(
      `guarded route, ${name}: ${round(median(of(perSecond, name)), 0)} requests/s, ${round(median(of(cpu, name)), 1)} µs CPU each`,
    );
  }
  const against = (name: string) => pairedRatio(of(perSecond, 'express-mfa'), of(perSecond, name));
  const cpuAgainst = (name: string) => pairedRatio(of(cpu, name), of(cpu, 'express-mfa'));
  return [
    {
      what: 'guarded route against the same route on a plain session without a guard',
      measured: against('plain-session'),
      wanted: { atLeast: 1.15 },
      aside: `by CPU ${round(cpuAgainst('plain-session'))}`,
    },
    {
      what: 'guarded route against the same route with Passport and without a guard',
      measured: against('passport-session'),
      wanted: { atLeast: 1 },
      aside: `by CPU ${round(cpuAgainst('passport-session'))}`,
    },
    {
      what: 'guarded route against the session check of better-auth',
      measured: against('better-auth'),
      wanted: { atLeast: 2 },
      aside: `by CPU ${round(cpuAgainst('better-auth'))}`,
    },
  ];
}
