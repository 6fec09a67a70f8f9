import type { Bench } from '../bench';
import { loadPage, signInPeople } from '../load';
import { race, startSystem, type Entrant } from '../race';
import { counted, type Row } from '../report';

const PLAIN = 'plain express-session';
const HOT = 'one person';

/** A page below the guard, with session, member, policy and session entry read for every request. */
export async function measureGuardedRoute(bench: Bench): Promise<readonly Row[]> {
  const { people, pages: count, warmUpPages } = bench.pace;
  await bench.seed(people);
  const entrants: Entrant[] = [];
  const servers = [];
  for (const name of ['express-mfa', 'plain-session', 'passport-session', 'better-auth'] as const) {
    const started = await startSystem(bench, name, { people });
    servers.push(started.server);
    const requests = await signInPeople(started, people);
    await loadPage(started, { count: warmUpPages, requests });
    const shoot = () => loadPage(started, { count, requests });
    entrants.push({ name, shoot });
    if (name === 'express-mfa' || name === 'plain-session')
      entrants.push({
        name: `${name}, ${HOT}`,
        shoot: () => loadPage(started, { count, requests: requests.slice(0, 1) }),
      });
    if (name !== 'express-mfa') continue;
    for (const rate of [50, 500])
      entrants.push({
        name: `${name}, ${rate} events/s`,
        async shoot() {
          await started.server.recordEvents(rate);
          const shot = await shoot();
          await started.server.recordEvents(0);
          return shot;
        },
      });
  }
  const { throughput, cpu } = await race(bench, 'guarded route', entrants);
  await Promise.all(servers.map((server) => server.stop()));
  const all = `${counted(people)} people`;
  const [own, plain] = ['express-mfa', 'plain-session'];
  return [
    throughput(own, plain, { what: `guarded route, against ${PLAIN}, ${all}`, wanted: { atLeast: 1.15 } }),
    cpu(own, plain, { what: `guarded route, against ${PLAIN}, by CPU`, wanted: { atLeast: 1.3 } }),
    throughput(`${own}, 50 events/s`, plain, {
      what: `guarded route beside 50 events a second, against ${PLAIN}, ${all}`,
      wanted: { atLeast: 1.15 },
    }),
    throughput(`${own}, 500 events/s`, plain, {
      what: `guarded route beside 500 events a second, against ${PLAIN}, ${all}`,
      wanted: { atLeast: 1 },
    }),
    throughput(`${own}, ${HOT}`, `${plain}, ${HOT}`, {
      what: `guarded route, against ${PLAIN}, ${HOT} on every connection`,
      wanted: { atLeast: 1.4 },
    }),
    throughput(own, 'passport-session', {
      what: `guarded route, against Passport without a guard, ${all}`,
      wanted: { atLeast: 1.15 },
    }),
    throughput(own, 'better-auth', {
      what: `guarded route, against the session check of better-auth, ${all}`,
      wanted: { atLeast: 2 },
    }),
    cpu(own, 'better-auth', {
      what: `guarded route, against the session check of better-auth, by CPU`,
      wanted: { atLeast: 2 },
    }),
  ];
}
