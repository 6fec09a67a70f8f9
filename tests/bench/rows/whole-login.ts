import { Redis } from 'ioredis';
import { redisRecords } from '../../support/records';
import type { Bench } from '../bench';
import { loadLogins, takeTurns } from '../load';
import { race, startSystem, type Entrant } from '../race';
import type { Row } from '../report';
import { seedPasskeys } from '../seed-members';
import type { SystemName } from '../systems';

/** Enough that nobody's turn comes twice within the life of a code. */
const PEOPLE = 20_000;
/** Challenges of passkeys are new at each login, so fewer people do. */
const PEOPLE_WITH_PASSKEYS = 1000;

async function raceLogins(bench: Bench, what: string, names: readonly SystemName[]) {
  const { warmUpLogins, logins } = bench.pace;
  const entrants: Entrant[] = [];
  const servers = [];
  // One order for all: with the records in common, nobody's code comes twice. Those with a passkey are asked for that.
  const withCode = takeTurns(PEOPLE, PEOPLE_WITH_PASSKEYS);
  for (const name of names) {
    const nextPerson = name === 'express-mfa by passkey' ? takeTurns(PEOPLE_WITH_PASSKEYS) : withCode;
    const started = await startSystem(bench, name, { people: PEOPLE });
    servers.push(started.server);
    await loadLogins(started, { logins: warmUpLogins, nextPerson });
    entrants.push({ name, shoot: () => loadLogins(started, { logins, nextPerson }) });
  }
  const result = await race(bench, what, entrants);
  await Promise.all(servers.map((server) => server.stop()));
  return result;
}

/** Password, code, first page, by people who each sign in once; the hash of the password is made cheap for everybody. */
export async function measureWholeLogin(bench: Bench): Promise<readonly Row[]> {
  await bench.seed(PEOPLE);
  const names = ['express-mfa', 'hand-written', 'better-auth'] as const;
  const { throughput, cpu } = await raceLogins(bench, 'whole login', names);
  const [own, byHand, rival] = names;
  const what = 'whole login, against the hand-written one that counts nothing';
  return [
    throughput(own, byHand, { what, wanted: { atLeast: 1 } }),
    cpu(own, byHand, { what: `${what}, by CPU`, wanted: { atLeast: 1 } }),
    throughput(own, rival, { what: 'whole login, against better-auth', wanted: { atLeast: 5 } }),
    cpu(own, rival, { what: 'whole login, against better-auth, by CPU', wanted: { atLeast: 5 } }),
  ];
}

/** A sign-in with a passkey alone and the first page: token, options, answer, page. */
export async function measurePasskeySignIn(bench: Bench): Promise<readonly Row[]> {
  await bench.seed(PEOPLE);
  const redis = new Redis(bench.redis.url);
  await seedPasskeys(redisRecords(redis), PEOPLE_WITH_PASSKEYS);
  redis.disconnect();
  const names = ['express-mfa by passkey', 'express-mfa'] as const;
  const { throughput } = await raceLogins(bench, 'sign-in', names);
  const what = 'sign-in with a passkey alone, against password and code';
  return [throughput(...names, { what, wanted: { atLeast: 0.5 } })];
}
