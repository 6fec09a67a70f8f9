import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
  type DataPoint,
  type Histogram,
} from '@opentelemetry/sdk-metrics';
import { visit } from '../../support/member';
import { createPortal, PASSWORD } from '../../support/portal';

describe('the option meter', () => {
  it('counts events and decisions and times the stores, and no attribute says who it was', async () => {
    const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
    const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 });
    const provider = new MeterProvider({ readers: [reader] });
    const portal = createPortal({ meter: provider.getMeter('test') });
    const agent = visit(portal);
    await agent.postJson('/mfa/login', { username: 'mary', password: 'wrong' });
    await agent.postJson('/mfa/login', { username: 'mary', password: PASSWORD });
    await agent.getJson('/plain');
    await agent.postJson('/payouts');
    await portal.mfa.settled();
    await provider.forceFlush();
    const metrics = exporter
      .getMetrics()
      .flatMap(({ scopeMetrics }) => scopeMetrics.flatMap((one) => one.metrics));
    const pointsOf = (name: string) =>
      (metrics.find(({ descriptor }) => descriptor.name === name)?.dataPoints ?? []) as DataPoint<unknown>[];
    const attributesOf = (name: string) => pointsOf(name).map(({ attributes }) => attributes);
    expect(attributesOf('express_mfa.decisions')).toEqual(
      expect.arrayContaining([{ outcome: 'allow', because: 'policy-off' }]),
    );
    expect(attributesOf('express_mfa.events').map(({ event }) => event)).toEqual(
      expect.arrayContaining(['password-rejected', 'signed-in']),
    );
    const times = pointsOf('express_mfa.store.duration') as DataPoint<Histogram>[];
    expect(times.map(({ attributes }) => attributes['store'])).toEqual(
      expect.arrayContaining(['records', 'state']),
    );
    expect(times.every(({ value }) => value.count > 0)).toBe(true);
    const told = JSON.stringify(
      metrics.flatMap(({ dataPoints }) => dataPoints.map(({ attributes }) => attributes)),
    );
    expect(['mary', 'acme', '127.0.0.1', '0018'].filter((word) => told.includes(word))).toEqual([]);
    await provider.shutdown();
    await portal.mfa.close();
  });
});
