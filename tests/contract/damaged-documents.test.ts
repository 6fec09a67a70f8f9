import { Pool } from 'pg';
import { memoryRecords as memoryStore } from '../../src/index';
import type { DocumentName, Owner, RecordStore } from '../../src/index';
import { postgresRecords } from '../../src/postgres';
import { redisRecords as redisStore } from '../../src/redis';
import { connectRedis } from '../support/redis-client';
import { createPostgresDatabase } from '../support/postgres-database';
import { withRules, type Records } from '../support/records';
import { NOW, aGuess, aPolicy, anAuthenticator, newId } from './samples';

// Each document is written by the rules; then one thing in it is damaged. What cannot be read must never pass for "nothing enrolled".

const unreadable = { code: 'records-unreadable', status: 503, expose: false };

type Path = readonly (string | number)[];

/** Every place in a document, the document itself left out. */
function placesIn(value: unknown, path: Path = []): readonly Path[] {
  if (typeof value !== 'object' || value === null) return [path];
  const below = Array.isArray(value)
    ? value.flatMap((item, place) => placesIn(item, [...path, place]))
    : Object.entries(value).flatMap(([key, item]) => placesIn(item, [...path, key]));
  return path.length === 0 ? below : [path, ...below];
}

function damaged(value: unknown, [key, ...rest]: Path): unknown {
  if (key === undefined) return typeof value === 'object' && value !== null ? 'damaged' : { damaged: true };
  const copy: unknown[] | Record<string, unknown> = Array.isArray(value) ? [...value] : { ...Object(value) };
  Reflect.set(copy, key, damaged(Reflect.get(copy, key), rest));
  return copy;
}

const READS: Readonly<Record<DocumentName, (records: Records, id: string) => Promise<unknown>>> = {
  member: (records, id) => records.findMember(id, 'acme'),
  'recovery-codes': (records, id) => records.findRecoveryCode(id, 1),
  browsers: (records, id) => records.listBrowsers(id, NOW),
  policy: (records, id) => records.findPolicy(id),
  adoption: (records, id) => records.listDailyCounts(id),
  jobs: (records, id) => records.findJob(id, 'roster-walk'),
};

async function fill(records: Records, id: string): Promise<void> {
  const app = anAuthenticator({ lastUsedAt: NOW, organizationId: 'acme' });
  await records.establishUserEpoch(id, 'epoch');
  await records.addAuthenticator(id, app);
  await records.savePreference(id, app.id);
  await records.saveMemberSettings(id, 'acme', { enabled: true, assignedKind: 'email' });
  await records.saveExemption(id, 'acme', { reason: 'r', grantedBy: 'ada', grantedAt: NOW, until: NOW + 1 });
  await records.spendGuess(aGuess({ userId: id, authenticatorId: app.id }));
  await records.noteSpentChannel(id, { channel: 'email:x', until: NOW });
  await records.replaceRecoveryCodes(id, [{ number: 1, codeHash: 'hash' }], NOW);
  await records.savePolicy(aPolicy({ organizationId: id }), 0);
  await records.establishOrganizationEpoch(id, 'epoch');
  await records.saveDailyCounts(id, { day: '2040-01-15', members: 2, configured: 1 }, 5);
  await records.beginJob({
    kind: 'roster-walk',
    organizationId: id,
    id: newId(),
    step: 0,
    cursor: null,
    done: 0,
    of: null,
    people: 0,
    devices: 0,
    startedAt: NOW,
    startedBy: null,
    plan: null,
    stopped: null,
    finishedAt: null,
  });
}

function describeDamage(open: () => RecordStore): void {
  const ownerOf = (name: DocumentName, id: string): Owner =>
    ['member', 'recovery-codes', 'browsers'].includes(name)
      ? { kind: 'user', id }
      : { kind: 'organization', id };

  it.each(['member', 'recovery-codes', 'policy', 'adoption', 'jobs'] as const)(
    'refuses the %s document wherever it is damaged',
    async (name) => {
      const store = open();
      const id = newId();
      await fill(withRules(store), id);
      const owner = ownerOf(name, id);
      const [whole] = await store.read([{ owner, name }]);
      if (whole?.outcome !== 'found') throw new Error(`There is no ${name} document.`);
      let { version } = whole;
      const put = async (body: string) => {
        const next = { version: newId(), body };
        expect(await store.write(owner, [{ name, expected: version, next }])).toEqual({ outcome: 'written' });
        ({ version } = next);
      };
      const places = placesIn(JSON.parse(whole.body));
      expect(places.length).toBeGreaterThan(4);
      for (const place of places) {
        await put(JSON.stringify(damaged(JSON.parse(whole.body), place)));
        const read = READS[name](withRules(store), id).then(
          () => 'read',
          ({ code }: { readonly code: string }) => code,
        );
        expect([place, await read]).toEqual([place, 'records-unreadable']);
      }
      for (const body of ['[]', '"text"', '{}', 'null']) {
        await put(body);
        await expect(READS[name](withRules(store), id)).rejects.toMatchObject(unreadable);
      }
      await put(whole.body);
      await expect(READS[name](withRules(store), id)).resolves.toBeDefined();
    },
  );

  it('changes nothing by a rule where the document is damaged', async () => {
    const store = open();
    const records = withRules(store);
    const id = newId();
    const owner: Owner = { kind: 'user', id };
    await store.write(owner, [
      { name: 'member', expected: null, next: { version: 'v', body: '{"format":1}' } },
    ]);
    await expect(records.spendGuess(aGuess({ userId: id }))).rejects.toMatchObject(unreadable);
    await expect(records.spendSkip(id, 'acme', null)).rejects.toMatchObject(unreadable);
    await expect(records.removeAllAuthenticators(id)).rejects.toMatchObject(unreadable);
    expect(await store.read([{ owner, name: 'member', known: 'v' }])).toEqual([{ outcome: 'unchanged' }]);
  });

  it('refuses a notice that is not what was written', async () => {
    const store = open();
    const id = newId();
    const notice = {
      id,
      userId: 'ada',
      organizationId: 'acme',
      sealedAddress: 's',
      body: '{}',
      keptAt: NOW,
      attempts: 0,
    };
    for (const key of Object.keys(notice)) {
      const item = { id, userId: 'ada', body: JSON.stringify({ ...notice, [key]: { damaged: true } }) };
      await store.enqueue('notices', item, { dueAt: NOW, most: 100 });
      const claimed = withRules(store).notices.claim({ now: NOW, limit: 5, untilAt: NOW });
      await expect(claimed).rejects.toMatchObject(unreadable);
    }
    await store.removeQueued('notices', id);
  });
}

describe('damaged records in memory', () => {
  const store = memoryStore();
  describeDamage(() => store);
});

describe('damaged records in Redis', () => {
  const client = connectRedis();
  afterAll(() => client.disconnect());
  const store = redisStore(client, { timeoutMs: 30_000 });
  describeDamage(() => store);
});

describe('damaged records in PostgreSQL', () => {
  let pool: Pool;
  let store: RecordStore;
  beforeAll(async () => {
    pool = new Pool({ connectionString: await createPostgresDatabase() });
    const records = postgresRecords(pool, { timeoutMs: 30_000 });
    await records.migrate();
    store = records;
  });
  afterAll(() => pool.end());
  describeDamage(() => store);
});
