import type { EventName, ShownEvent } from '../../../src/index';
import { createAdminHost, signInProtected, type AdminHost } from '../../support/admin-host';
import type { HttpAgent } from '../../support/http-agent';
import { textOf } from '../../support/page-text';
import { parse } from './csv-reader';

const EVENTS = '/admin/mfa/acme/events';
const DAY = 86_400_000;
const KEEP = { maxCount: 100_000, maxAgeSeconds: 400 * 86_400 };

let host: AdminHost;
let agent: HttpAgent;
let start: number;

beforeAll(async () => {
  host = createAdminHost();
  ({ agent } = await signInProtected(host, 'ada'));
  await host.mfa.events.settled();
  await host.records.removeEvents('acme');
  start = Date.UTC(2026, 4, 10);
  const report = (name: EventName, userId: string, at: number) =>
    host.records.appendEvents([{ name, userId, at, organizationId: 'acme', details: {} }], KEEP);
  await report('signed-in', 'mary', start);
  await report('proof-rejected', 'mary', start + DAY);
  await report('proofs-locked', 'mary', start + 2 * DAY);
  await report('signed-in', 'alan', start + 2 * DAY);
  await report('authenticator-added', 'somebody-who-left', start + 3 * DAY - 1);
  await report('passwords-sprayed', 'alan', start + 3 * DAY);
});

const CASES: readonly (readonly [query: string, names: readonly EventName[]])[] = [
  ['?q=mary', ['proofs-locked', 'proof-rejected', 'signed-in']],
  ['?q=Jackson', ['proofs-locked', 'proof-rejected', 'signed-in']],
  ['?q=alan@acme.example', ['passwords-sprayed', 'signed-in']],
  ['?q=somebody-who-left', ['authenticator-added']],
  ['?q=nobody', []],
  ['?user=mary&q=alan', []],
  ['?severity=alert', ['passwords-sprayed', 'proofs-locked']],
  ['?severity=alert&q=mary', ['proofs-locked']],
  ['?severity=notice', ['authenticator-added']],
  ['?severity=alert&name=signed-in', []],
  ['?from=2026-05-12&to=2026-05-12', ['authenticator-added', 'signed-in', 'proofs-locked']],
  ['?to=2026-05-10', ['signed-in']],
  ['?from=2026-05-12T00:00:00Z&to=2026-05-12T00:00:00.001Z', ['signed-in', 'proofs-locked']],
  ['?q=mary&name=signed-in&severity=info&from=2026-05-10&to=2026-05-11', ['signed-in']],
];

describe('the events of an organization', () => {
  it.each(CASES)('are filtered by %s: as JSON, as CSV and on the page', async (query, names) => {
    const { body } = await agent.getJson(`${EVENTS}${query}`);
    const { events } = body as { events: ShownEvent[] };
    expect(events.map(({ name }) => name)).toEqual(names);
    const [, ...rows] = parse((await agent.get(`${EVENTS}.csv${query}`)).text);
    expect(rows.map(([, name]) => name)).toEqual(names);
    const page = await agent.get(`${EVENTS}${query}`);
    expect([...page.text.matchAll(/class="event-what"/g)]).toHaveLength(names.length);
  });

  it('say how severe they are', async () => {
    const { body } = await agent.getJson(`${EVENTS}?q=mary`);
    expect(body).toMatchObject({
      events: [
        { severity: 'alert' },
        { severity: 'warning' },
        { severity: 'info', userName: 'Mary Jackson' },
      ],
    });
    const [columns, row] = parse((await agent.get(`${EVENTS}.csv?severity=alert`)).text);
    expect([columns?.at(-1), row?.at(-1)]).toEqual(['severity', 'alert']);
  });

  it('keep the filter on the next page, in the download and in the form', async () => {
    const page = await agent.get(`${EVENTS}?q=mary&severity=alert&from=2026-05-01&to=2026-05-31`);
    expect(page.text).toContain('value="mary"');
    expect(page.text).toContain('<option value="alert" selected>');
    expect(page.text).toContain('name="from" type="date" value="2026-05-01"');
    expect(page.text).toContain(
      'href="/admin/mfa/acme/events.csv?q=mary&amp;severity=alert&amp;from=2026-05-01&amp;to=2026-05-31"',
    );
    const first = await agent.get(`${EVENTS}?q=mary&limit=2`);
    const [, older = ''] = /href="([^"]+)" rel="next"/.exec(first.text) ?? [];
    expect(older).toContain('q=mary&amp;limit=2&amp;cursor=');
    const next = await agent.get(older.replaceAll('&amp;', '&'));
    expect([...next.text.matchAll(/class="event-what"/g)]).toHaveLength(1);
    expect(textOf(next.text)).toContain('Signed in');
  });

  it.each([
    'severity=high',
    'severity=info&severity=alert',
    'from=yesterday',
    'to=2026-02-31',
    'from=1&from=2',
  ])('are not listed for %s', async (query) => {
    for (const path of [EVENTS, `${EVENTS}.csv`]) {
      expect((await agent.getJson(`${path}?${query}`)).status).toBe(400);
      expect((await agent.get(`${path}?${query}`)).status).toBe(400);
    }
  });
});

describe('mfa.events.query', () => {
  it('answers with what the page shows, page by page', async () => {
    const { events } = host.mfa;
    const first = await events.query({ organizationId: 'acme', query: 'mary', limit: 2 });
    expect(first.events.map(({ name }) => name)).toEqual(['proofs-locked', 'proof-rejected']);
    const { nextCursor = '' } = first;
    const second = await events.query({
      organizationId: 'acme',
      query: 'mary',
      limit: 2,
      cursor: nextCursor,
    });
    expect(second).toEqual({ events: [expect.objectContaining({ name: 'signed-in' })] });
    const alerts = await events.query({ organizationId: 'acme', severity: 'alert', from: start + 3 * DAY });
    expect(alerts.events).toMatchObject([{ name: 'passwords-sprayed', userId: 'alan' }]);
    expect(await events.query({ organizationId: 'acme', userId: 'alan', to: start })).toEqual({ events: [] });
    expect(await events.query()).toEqual({ events: [] });
  });

  it.each([
    [{ name: 'nothing' }, 'events.query.name'],
    [{ severity: 'high' }, 'events.query.severity'],
    [{ from: '2026-05-12' }, 'events.query.from'],
    [{ limit: 0 }, 'events.query.limit'],
    [{ user: 'ada' }, 'events.query.user'],
  ])('refuses %j and says what to write', async (request, named) => {
    const asked = host.mfa.events.query(request as object);
    await expect(asked).rejects.toMatchObject({ message: expect.stringContaining(named) });
  });

  it('finds a rare event far back, though the store reads a part at a time', async () => {
    const reported = (n: number) => ({
      name: 'signed-in' as const,
      userId: n === 0 ? 'rare' : 'often',
      at: start + n,
      organizationId: 'globex',
      details: {},
    });
    await host.records.appendEvents(
      Array.from({ length: 12_000 }, (_, n) => reported(n)),
      KEEP,
    );
    const { events } = await host.mfa.events.query({ organizationId: 'globex', userId: 'rare' });
    expect(events).toMatchObject([{ userId: 'rare', at: start }]);
  });
});
