import type { Pool } from 'pg';
import { memoryState, type RecordStore, type StateStore } from '../../../src/index';
import { documentsIn, eventLogsIn, memberIndexesIn, queuesIn } from '../../../src/stores/memory/records';
import { giveApp } from '../../support/given-app';
import { addPerson, enrollApp, visit } from '../../support/member';
import { createPortal, type Portal, type PortalUser } from '../../support/portal';
import { withRules } from '../../support/records';
import { dumpRedis } from '../../support/redis-dump';
import { openPostgres, openRedisStores } from '../../support/store-kinds';
import { totpCode, wrongCode } from '../../support/totp';

interface OpenStores {
  readonly records: RecordStore;
  readonly state: StateStore;
  /** Everything that the stores hold, as text. */
  dump(): Promise<string>;
  close(): Promise<void>;
}

function openMemory(): OpenStores {
  const [documents, claims, logs, indexes, queues] = [new Map(), new Map(), new Map(), new Map(), new Map()];
  const records = {
    ...documentsIn({ documents, claims }),
    ...eventLogsIn(logs),
    ...memberIndexesIn(indexes),
    ...queuesIn(queues),
    findWeaknesses: async () => [],
  };
  const entries = (_: string, value: unknown) => (value instanceof Map ? [...value] : value);
  return {
    records,
    // What it holds is asked by its contract suite.
    state: memoryState(),
    dump: async () => JSON.stringify([documents, claims, logs, indexes, queues], entries),
    close: async () => undefined,
  };
}

/** Without the sessions of express-session, which belong to its store and end with their cookies. */
async function dumpState(redis: ReturnType<typeof openRedisStores>['redis']): Promise<string> {
  const held = await dumpRedis(redis);
  return [...held].flatMap(([key, text]) => (key.includes(':session:') ? [] : [text])).join('\n');
}

function openRedis(): OpenStores {
  const { redis, records, state, close } = openRedisStores();
  return { records, state, dump: () => dumpState(redis), close: async () => close() };
}

async function dumpPostgres(pool: Pool, schema: string): Promise<string> {
  const { rows } = await pool.query<{ name: string }>(
    `SELECT relname AS name FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
     WHERE nspname = $1 AND relkind = 'r'`,
    [schema],
  );
  const tables = await Promise.all(
    rows.map(({ name }) => pool.query(`SELECT row_to_json(held)::text FROM ${schema}.${name} AS held`)),
  );
  return JSON.stringify(tables.map((table) => table.rows));
}

function openPostgresBesideRedis(): OpenStores {
  const { redis, state, close } = openRedisStores();
  const { store, pool, schema } = openPostgres();
  return {
    records: store,
    state,
    dump: async () => `${await dumpPostgres(pool, schema)}\n${await dumpState(redis)}`,
    async close() {
      close();
      await pool.end();
    },
  };
}

const KINDS = [
  { kind: 'memory', open: openMemory },
  { kind: 'Redis', open: openRedis },
  { kind: 'PostgreSQL', open: openPostgresBesideRedis },
];

/** Leaves something of every kind behind: an app and a phone, codes, browsers, sessions, logins, a lock, links, notices. */
async function liveThrough(portal: Portal, person: PortalUser): Promise<void> {
  const { clock, mfa, state, records } = portal;
  const { id, username } = person;
  const { member, secret } = await enrollApp(portal, username);
  await member.postJson('/mfa/enroll/recovery-codes', { saved: 'yes' });
  await member.postJson('/mfa/enroll/sms', { phone: person.phone });
  await member.postJson('/mfa/enroll/sms/confirm', {
    code: member.newestCode(person.phone ?? ''),
    label: `Phone of ${id}`,
  });
  clock.advance(60_000);
  const remembered = visit(portal);
  await remembered.logIn(username);
  const code = totpCode(secret, clock.now());
  const trusted = await remembered.postJson('/mfa/challenge', { code, rememberBrowser: true });
  expect(trusted.body).toMatchObject({ outcome: 'signed-in' });
  await mfa.members.exempt(
    { userId: id, organizationId: 'acme', actorId: 'ada' },
    { reason: `${id} is on holiday`, until: clock.now() + 86_400_000 },
  );
  await mfa.members.endExemption({ userId: id, organizationId: 'acme', actorId: 'ada' });
  await mfa.members.exempt(
    { userId: 'sync', organizationId: 'acme', actorId: id },
    { reason: 'Nightly export', until: clock.now() + 86_400_000 },
  );
  for (let tries = 0; tries < 10; tries += 1) {
    const guesser = visit(portal);
    await guesser.logIn(username);
    await guesser.postJson('/mfa/challenge', { code: wrongCode(totpCode(secret, clock.now())) });
  }
  await visit(portal).logIn(username);
  await state.rememberSentMessage(
    `message of ${id.length}`,
    { userId: id, ownerId: 'x', purpose: 'login', codeId: 'c' },
    300,
  );
  await records.claim(`passkey:${id.length}`, { kind: 'user', id });
  await records.enqueue('webhooks', { id: 'n', userId: id, body: '{}' }, { dueAt: clock.now(), most: 10 });
  await mfa.settled();
}

async function signInWithApp(portal: Portal, { id, username }: PortalUser) {
  const app = await giveApp(portal, id);
  const member = visit(portal);
  await member.logIn(username);
  const proven = await member.postJson('/mfa/challenge', { code: app.nextCode() });
  expect(proven.body).toMatchObject({ outcome: 'signed-in' });
  return { member, app };
}

function openPortal({ records, state }: OpenStores): Portal {
  const portal = createPortal({
    records: withRules(records),
    state,
    directory: {
      list: async ({ organizationId }) => ({
        users: [...portal.users.values()].filter((user) => user.organizationId === organizationId),
      }),
    },
  });
  return portal;
}

describe.each(KINDS)('somebody who is forgotten in $kind', ({ open }) => {
  let stores: OpenStores;
  let portal: Portal;

  beforeAll(async () => {
    stores = open();
    portal = openPortal(stores);
    await portal.mfa.policies.save('acme', {
      enabled: true,
      enrollment: 'required',
      rememberBrowserSeconds: 86_400,
    });
  });
  afterAll(async () => {
    await portal.mfa.close();
    await stores.close();
  });

  it('is in no store any more, by id or by address', async () => {
    const person = addPerson(portal);
    const other = addPerson(portal);
    await liveThrough(portal, person);
    await signInWithApp(portal, other);
    await portal.mfa.settled();
    const marks = [person.id, person.email ?? '', person.phone ?? ''];
    const before = await stores.dump();
    expect(before).toContain(person.id);
    portal.users.delete(person.id);
    await portal.mfa.users.forget(person.id);
    await portal.mfa.settled();
    const after = await stores.dump();
    expect(marks.filter((mark) => after.includes(mark))).toEqual([]);
    expect(after).toContain(other.id);
    const { exemption } = (await portal.mfa.members.get({ userId: 'sync', organizationId: 'acme' })) ?? {};
    expect(exemption).toMatchObject({ reason: 'Nightly export', grantedBy: 'erased' });
    const { events } = await portal.mfa.events.query({ organizationId: 'acme', name: 'proofs-locked' });
    expect(events).toMatchObject([{ name: 'proofs-locked', organizationId: 'acme' }]);
    expect(events[0]).not.toHaveProperty('userId');
    expect(portal.errors).toEqual([]);
  });

  it('is signed out everywhere, and a login under way ends', async () => {
    const person = addPerson(portal);
    const { member, app } = await signInWithApp(portal, person);
    const pending = visit(portal);
    await pending.logIn(person.username);
    await portal.mfa.users.forget(person.id);
    expect((await member.getJson('/plain')).status).not.toBe(200);
    const late = await pending.postJson('/mfa/challenge', { code: app.nextCode() });
    expect([401, 403]).toContain(late.status);
    expect((await pending.getJson('/plain')).status).not.toBe(200);
  });

  it('can begin anew with the same id, without what was there before', async () => {
    const person = addPerson(portal);
    await signInWithApp(portal, person);
    await portal.mfa.users.forget(person.id);
    await portal.mfa.users.forget(person.id);
    const first = await visit(portal).logIn(person.username);
    expect(first.body).toMatchObject({ outcome: 'enroll' });
    const again = await signInWithApp(portal, person);
    expect((await again.member.getJson('/plain')).status).toBe(200);
    const { authenticators } = await portal.records.findMember(person.id, 'acme');
    expect(authenticators).toHaveLength(1);
  });
});

describe.each(KINDS)('an organization that is forgotten in $kind', ({ open }) => {
  it('is in no store any more, and its members keep their factors', async () => {
    const stores = open();
    const portal = openPortal(stores);
    const { mfa, records } = portal;
    for (const id of ['acme-to-go', 'globex']) {
      await mfa.policies.save(id, { enabled: true, enrollment: 'required', rememberBrowserSeconds: 86_400 });
    }
    const leaving = addPerson(portal, { organizationId: 'acme-to-go' });
    const staying = addPerson(portal, { organizationId: 'globex' });
    for (const { id, organizationId = '' } of [leaving, staying])
      await mfa.members.save({ userId: id, organizationId }, { enabled: true });
    const { member } = await signInWithApp(portal, leaving);
    await signInWithApp(portal, staying);
    await visit(portal).logIn(leaving.username);
    await mfa.members.list({ organizationId: 'acme-to-go', filter: 'not-configured' });
    await mfa.settled();
    expect(await stores.dump()).toContain('acme-to-go');
    await mfa.organizations.forget('acme-to-go');
    await mfa.settled();
    expect((await records.findMember(leaving.id, 'acme-to-go')).authenticators).toHaveLength(1);
    const { policy, epoch } = await records.findPolicy('acme-to-go');
    expect([policy.enabled, epoch]).toEqual([false, null]);
    const left = await stores.dump();
    // A login in progress names it for ten minutes at most.
    const pending = /\{user:[^}]*\}:owner:/;
    const lines = left.split('\n').filter((line) => !pending.test(line));
    expect(lines.flatMap((line) => line.match(/.{40}acme-to-go.{20}/g) ?? [])).toEqual([]);
    expect(left).toContain('globex');
    expect(await mfa.events.query({ organizationId: 'acme-to-go' })).toEqual({ events: [] });
    expect((await member.getJson('/mfa/state')).body).toMatchObject({ signedIn: false });
    await mfa.close();
    await stores.close();
  });
});
