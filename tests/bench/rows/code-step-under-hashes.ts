import type { Bench } from '../bench';
import { HttpConnection } from '../http-connection';
import { takeTurns } from '../load';
import { startSystem } from '../race';
import { exactly, type Row } from '../report';
import { median, round } from '../statistics';
import { logIn, type SystemName } from '../systems';

const PEOPLE = 5000;
const HASHING = 16;
const CODES = 30;
/** Each takes seconds where a rival's codes wait behind the hashes. */
const CODES_BESIDE = 6;

/** The code step of one person at a time, while others log in whose passwords are hashed as hard as in production. */
async function measure(
  bench: Bench,
  name: SystemName,
): Promise<{ readonly alone: number; readonly beside: number; readonly stall: number }> {
  const { system, server } = await startSystem(bench, name, {
    people: PEOPLE,
    hashing: 'scrypt',
    pinned: false,
  });
  const nextPerson = takeTurns(PEOPLE);

  /** The median of the code step; a login of its own comes before each. */
  async function codeSteps(count: number): Promise<number> {
    const connection = await HttpConnection.open(server.port);
    const times: number[] = [];
    for (let turn = 0; turn < count; turn += 1) {
      await logIn(system, connection, nextPerson(), {
        after(step, milliseconds) {
          if (step === 'code') times.push(milliseconds);
        },
      });
    }
    connection.close();
    return median(times);
  }

  /** What every login does to the event loop. A busy machine stops the process too, so the least disturbed one counts. */
  async function stallOfLogin(): Promise<number> {
    const connection = await HttpConnection.open(server.port);
    const stalls: number[] = [];
    for (let turn = 0; turn < CODES; turn += 1) {
      await server.longestStallMs();
      await logIn(system, connection, nextPerson());
      stalls.push(await server.longestStallMs());
    }
    connection.close();
    return Math.min(...stalls);
  }

  await codeSteps(CODES);
  const alone = await codeSteps(CODES);
  const stall = await stallOfLogin();
  const load = { goesOn: true };
  const [password] = system.login;
  if (password === undefined) throw new Error('A login begins with a password.');
  const busy = Promise.all(
    Array.from({ length: HASHING }, async () => {
      const connection = await HttpConnection.open(server.port);
      while (load.goesOn) {
        connection.cookies.clear();
        await connection.send(password(nextPerson(), []));
      }
      connection.close();
    }),
  );
  const beside = await codeSteps(CODES_BESIDE);
  load.goesOn = false;
  await busy;
  await server.stop();
  bench.note(
    `code step, ${name}: ${round(alone)} ms alone, ${round(beside)} ms while ${HASHING} passwords are hashed`,
  );
  return { alone, beside, stall };
}

export async function measureCodeStepUnderHashes(bench: Bench): Promise<readonly Row[]> {
  await bench.seed(PEOPLE);
  const own = await measure(bench, 'express-mfa');
  const rival = await measure(bench, 'better-auth');
  return [
    {
      what: 'code step beside 16 logins that hash, against alone',
      measured: exactly(own.beside / own.alone),
      wanted: { atMost: 2 },
      aside: `better-auth ${round(rival.beside / rival.alone, 1)}`,
    },
    {
      what: 'longest stall of the event loop in a login, hashing included',
      measured: exactly(own.stall),
      wanted: { atMost: 5 },
      unit: 'ms',
    },
  ];
}
