import type { Bench } from '../bench';
import { loadLogins, loadPage, signInPeople, takeTurns } from '../load';
import { startSystem } from '../race';
import { counted, exactly, type Row } from '../report';
import { median, round } from '../statistics';

/** Enough that nobody's turn comes twice within the life of a code. */
const PEOPLE = 30_000;
const PARTS = 40;

/** What a process keeps after very many requests and logins. Every cache is full by the first half. */
export async function measureSoak(bench: Bench): Promise<readonly Row[]> {
  const { people, soak } = bench.pace;
  await bench.seed(PEOPLE);
  // Nothing is timed, so the server may use both cores.
  const options = { people: PEOPLE, nodeArguments: ['--expose-gc'], pinned: false };
  const started = await startSystem(bench, 'express-mfa', options);
  const requests = await signInPeople(started, people);
  const nextPerson = takeTurns(PEOPLE, people);
  const live: number[] = [];
  const resident: number[] = [];
  for (let part = 0; part < PARTS; part += 1) {
    await loadPage(started, { count: soak.requests / PARTS, requests });
    await loadLogins(started, { logins: soak.logins / PARTS, nextPerson });
    const memory = await started.server.memory();
    live.push(memory.live / 2 ** 20);
    resident.push(memory.resident / 2 ** 20);
  }
  await started.server.stop();
  /** From the third quarter to the last one, in percent: one collection more or less would move a single value. */
  const growth = (all: readonly number[]) =>
    100 * (median(all.slice(PARTS * 0.75)) / median(all.slice(PARTS / 2, PARTS * 0.75)) - 1);
  const told = (all: readonly number[]) =>
    all.filter((_, part) => part % 4 === 3).map((size) => round(size, 1));
  bench.note(`soak, MB after each tenth: live ${told(live).join(' ')}; resident ${told(resident).join(' ')}`);
  const after = `after ${counted(soak.requests)} requests and ${counted(soak.logins)} logins`;
  return [
    {
      what: `memory in use ${after}: growth over the last half`,
      measured: exactly(growth(live)),
      wanted: { atMost: 2 },
      unit: '%',
      aside: `${round(median(live.slice(PARTS * 0.75)), 0)} MB`,
    },
    {
      what: `memory of the process ${after}: growth over the last half`,
      measured: exactly(growth(resident)),
      wanted: { atMost: 2 },
      unit: '%',
      aside: `${round(median(resident.slice(PARTS * 0.75)), 0)} MB`,
    },
  ];
}
