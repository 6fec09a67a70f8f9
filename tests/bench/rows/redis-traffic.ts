import type { Bench } from '../bench';
import { HttpConnection } from '../http-connection';
import { startRedisProxy } from '../../support/redis-proxy';
import { exactly, type Row } from '../report';
import { logIn, SYSTEMS } from '../systems';

const PEOPLE = 20;

/** A timer stores the events of many logins in one command. */
const isOfEvents = (command: readonly string[]): boolean => command.some((word) => word.endsWith('}:events'));

/** How often each step asks Redis, and with how many commands: one request at a time, through a proxy that counts. */
export async function measureRedisTraffic(bench: Bench): Promise<readonly Row[]> {
  await bench.seed(PEOPLE);
  let guardedTrips = Number.NaN;
  const ofLogin = new Map<string, number>();
  for (const name of [
    'express-mfa',
    'plain-session',
    'passport-session',
    'hand-written',
    'better-auth',
  ] as const) {
    const system = SYSTEMS[name];
    const proxy = await startRedisProxy(`${bench.redis.url}/0`);
    const server = await system.start({ redisUrl: proxy.url, people: PEOPLE });
    const connection = await HttpConnection.open(server.port);
    // The first login carries the scripts and fills what a process knows.
    await logIn(system, connection, 1);
    const steps: string[] = [];
    let count = 0;
    await logIn(system, connection, 2, {
      before: () => proxy.reset(),
      after(name) {
        const { roundTrips, commands } = proxy.traffic;
        count += commands.filter((command) => !isOfEvents(command)).length;
        steps.push(`${name} ${roundTrips} (${commands.map(([command]) => command).join(' ')})`);
      },
    });
    ofLogin.set(system.name, count);
    // Once more, for the page beside which no event of the login is stored any more.
    const page = await proxy.measure(() => connection.send({ method: 'GET', path: '/protected' }));
    steps.push(`page again ${page.roundTrips} (${page.commands.map(([command]) => command).join(' ')})`);
    if (system.name === 'express-mfa') guardedTrips = page.roundTrips;
    bench.note(`Redis trips and commands, ${system.name}:\n  ${steps.join('\n  ')}`);
    connection.close();
    await server.stop();
    await proxy.stop();
  }
  return [
    {
      what: 'guarded request: round trips to Redis',
      measured: exactly(guardedTrips),
      wanted: { atMost: 1 },
      unit: '',
    },
    {
      what: 'whole login: commands to Redis for password, code and first page',
      measured: exactly(ofLogin.get('express-mfa') ?? Number.NaN),
      wanted: { atMost: 9 },
      unit: '',
      aside: `and one for all events of 25 ms; hand-written ${ofLogin.get('hand-written')}, better-auth ${ofLogin.get('better-auth')}`,
    },
  ];
}
