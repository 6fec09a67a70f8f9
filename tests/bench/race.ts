import type { Bench } from './bench';
import type { Shot, Started } from './load';
import type { Row } from './report';
import { median, pairedRatio, round } from './statistics';
import { SYSTEMS, type SystemName } from './systems';

/** One of those that are measured in turns. */
export interface Entrant {
  readonly name: string;
  shoot(): Promise<Shot>;
}

type Compare = (name: string, against: string, row: Pick<Row, 'what' | 'wanted'>) => Row;

/** How two of the entrants compare. More is better for the first. */
export interface Race {
  readonly throughput: Compare;
  readonly cpu: Compare;
}

export async function startSystem(
  bench: Bench,
  name: SystemName,
  options: Omit<Parameters<(typeof SYSTEMS)[SystemName]['start']>[0], 'redisUrl'>,
): Promise<Started> {
  const system = SYSTEMS[name];
  return { system, server: await system.start({ redisUrl: bench.redis.url, ...options }) };
}

/** Gives every entrant a turn in each round, and prints what each came to. */
export async function race(bench: Bench, what: string, entrants: readonly Entrant[]): Promise<Race> {
  const shots = new Map<string, Shot[]>(entrants.map(({ name }) => [name, []]));
  for (let turn = 0; turn < bench.pace.rounds; turn += 1)
    for (const { name, shoot } of entrants) shots.get(name)?.push(await shoot());
  const perSecond = (name: string) => (shots.get(name) ?? []).map((shot) => shot.perSecond);
  const cpu = (name: string) => (shots.get(name) ?? []).map((shot) => shot.cpuMicroseconds);
  for (const { name } of entrants) {
    const [rate, time] = [round(median(perSecond(name)), 0), round(median(cpu(name)), 0)];
    bench.note(`${what}, ${name}: ${rate}/s, ${time} µs CPU each`);
  }
  return {
    throughput: (name, against, row) => ({
      ...row,
      measured: pairedRatio(perSecond(name), perSecond(against)),
    }),
    cpu: (name, against, row) => ({ ...row, measured: pairedRatio(cpu(against), cpu(name)) }),
  };
}
