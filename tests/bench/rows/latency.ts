import type { Bench } from '../bench';
import { loadPage, loadSteadily, signInPeople } from '../load';
import { startSystem } from '../race';
import type { Row } from '../report';
import { pairedRatio, quantile, round } from '../statistics';

const LOAD = 0.7;

/** How long the guarded route takes where the server has time left, beside plain express-session under the same load. */
export async function measureLatency(bench: Bench): Promise<readonly Row[]> {
  const { people, warmUpPages, steadySeconds, rounds } = bench.pace;
  await bench.seed(people);
  const measured = [];
  for (const name of ['express-mfa', 'plain-session'] as const) {
    const started = await startSystem(bench, name, { people });
    const requests = await signInPeople(started, people);
    await loadPage(started, { count: warmUpPages, requests });
    const { perSecond } = await loadPage(started, { count: warmUpPages, requests });
    measured.push({ name, started, requests, most: perSecond, latencies: [] as (readonly number[])[] });
  }
  const perSecond = LOAD * Math.min(...measured.map(({ most }) => most));
  for (let turn = 0; turn < rounds; turn += 1)
    for (const { started, requests, latencies } of measured)
      latencies.push(await loadSteadily(started, { perSecond, seconds: steadySeconds, requests }));
  await Promise.all(measured.map(({ started }) => started.server.stop()));
  for (const { name, latencies } of measured) {
    const [p50, p99, p999] = [0.5, 0.99, 0.999].map((part) => round(quantile(latencies.flat(), part)));
    bench.note(`${name} at ${round(perSecond, 0)}/s: p50 ${p50} ms, p99 ${p99} ms, p99.9 ${p999} ms`);
  }
  const [own = [], plain = []] = measured.map(({ latencies }) => latencies);
  return [
    { part: 0.5, name: 'p50' },
    { part: 0.99, name: 'p99' },
    { part: 0.999, name: 'p99.9' },
  ].map(({ part, name }) => {
    const [ours = 0, theirs = 0] = [own, plain].map((rounds) => round(quantile(rounds.flat(), part)));
    const ofRounds = (all: readonly (readonly number[])[]) =>
      all.map((latencies) => quantile(latencies, part));
    return {
      what: `${name} of the guarded route at 70 % load, against plain express-session`,
      measured: pairedRatio(ofRounds(own), ofRounds(plain)),
      wanted: { atMost: 1.1 },
      aside: `${ours} ms, ${theirs} ms`,
    };
  });
}
