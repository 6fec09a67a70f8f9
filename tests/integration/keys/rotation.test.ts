import { randomBytes } from 'node:crypto';
import type { Authenticator } from '../../../src/core/authenticator';
import { createKeyRing } from '../../../src/core/key-ring';
import { PlainSecret } from '../../../src/core/plain-secret';
import { sealSecret } from '../../../src/core/sealed-secret';
import { createMfa, memoryState } from '../../../src/index';
import type { MfaEvent } from '../../../src/index';
import { redisRecords, redisState } from '../../../src/redis';
import { createClock } from '../../support/clock';
import { enrollApp, visit } from '../../support/member';
import { createPortal, TEST_KEY } from '../../support/portal';
import type { Portal } from '../../support/portal';
import { connectRedis } from '../../support/redis-client';
import { totpCode } from '../../support/totp';

const NEW_KEY = randomBytes(32).toString('base64');
const OTHER_KEY = randomBytes(32).toString('base64');
const acme = { organizationId: 'acme' };

const redis = connectRedis();
const clock = createClock();
/** What Redis holds once two people have enrolled under the old key. */
const snapshot = new Map<string, Buffer>();
const enrolled = { secret: '', recoveryCodes: [''] as readonly string[] };

beforeAll(async () => {
  const portal = startProcess([TEST_KEY]);
  await portal.mfa.policies.save('acme', { enabled: true, enrollment: 'required' });
  await enrollApp(portal, 'mary');
  Object.assign(enrolled, await enrollApp(portal, 'ada'));
  await portal.mfa.settled();
  for (const key of await redis.keys('*')) {
    const dump = await redis.dumpBuffer(key);
    if (dump !== null) snapshot.set(key, dump);
  }
});
afterAll(() => redis.disconnect());
const started: Portal[] = [];
// What a process still stores would reach the next test.
afterEach(() => Promise.all(started.splice(0).map(({ mfa }) => mfa.settled())));
beforeEach(async () => {
  await redis.flushdb();
  await Promise.all([...snapshot].map(([key, dump]) => redis.restore(key, 0, dump)));
  clock.advance(60_000);
});

/** A process of the same app: the same Redis and clock, and keys of its own. */
function startProcess(keys: readonly string[]): Portal {
  const portal = createPortal({ keys, clock, records: redisRecords(redis), state: redisState(redis) });
  started.push(portal);
  return { ...portal, clock };
}

function hear(portal: Portal): MfaEvent[] {
  const events: MfaEvent[] = [];
  portal.mfa.events.on('event', (event) => events.push(event));
  return events;
}

async function sealedSecrets(portal: Portal, ...userIds: string[]): Promise<string[]> {
  const members = await portal.records.findMembers(userIds, 'acme');
  return members.flatMap(({ authenticators }) => authenticators.map(({ sealedSecret }) => sealedSecret));
}

function anAuthenticator(given: {
  readonly authenticatorId: string;
  readonly kind: 'sms' | 'email';
  readonly sealedSecret: string;
}): Authenticator {
  return {
    id: given.authenticatorId,
    kind: given.kind,
    label: 'Mine',
    createdAt: clock.now(),
    lastUsedAt: null,
    failures: 0,
    disabledAt: null,
    lastAcceptedStep: null,
    sealedSecret: given.sealedSecret,
    maskedDestination: '***',
  };
}

const keyIdOf = (sealedSecret: string) => sealedSecret.split('.')[1];

describe('rotating a key', () => {
  it('keeps a login in progress, its code and its session alive in every step, in every process', async () => {
    const old = startProcess([TEST_KEY]);
    await old.records.removeAllAuthenticators('mary');
    await old.mfa.members.save({ ...acme, userId: 'mary' }, { enabled: true, assignedKind: 'email' });
    // While the new key goes to every process, last on each, and then to the front of each.
    const steps: readonly (readonly [Portal, Portal])[] = [
      [old, startProcess([TEST_KEY, NEW_KEY])],
      [startProcess([TEST_KEY, NEW_KEY]), startProcess([NEW_KEY, TEST_KEY])],
      [startProcess([NEW_KEY, TEST_KEY]), startProcess([TEST_KEY, NEW_KEY])],
    ];
    for (const [asking, answering] of steps) {
      clock.advance(3_600_000);
      const before = visit(asking);
      await before.logIn('mary');
      const code = before.newestCode('mary@acme.example');
      // The browser's next request meets the other process.
      const after = visit(answering);
      const cookie = `session=${before.cookie('session') ?? ''}`;
      const state = await after.getJson('/mfa/state', { cookie });
      expect(state.body).toMatchObject({ pending: { expiresAt: expect.any(Number) } });
      const proven = await after.postJson('/mfa/challenge', { code }, { cookie });
      expect(proven.body).toMatchObject({ outcome: 'signed-in' });
      expect((await after.getJson('/')).status).toBe(200);
    }
  });

  it('seals a secret anew when it is used', async () => {
    const before = startProcess([TEST_KEY]);
    const { secret } = enrolled;
    const [sealed = ''] = await sealedSecrets(before, 'ada');
    const rotated = startProcess([NEW_KEY, TEST_KEY]);
    const ada = visit(rotated);
    await ada.logIn('ada');
    const proven = await ada.postJson('/mfa/challenge', { code: totpCode(secret, clock.now()) });
    expect(proven.body).toMatchObject({ outcome: 'signed-in' });
    const [resealed = ''] = await sealedSecrets(before, 'ada');
    expect(keyIdOf(resealed)).not.toBe(keyIdOf(sealed));
    clock.advance(30_000);
    const later = visit(startProcess([NEW_KEY]));
    await later.logIn('ada');
    expect(
      (await later.postJson('/mfa/challenge', { code: totpCode(secret, clock.now()) })).body,
    ).toMatchObject({ outcome: 'signed-in' });
  });

  it('seals everything anew in one call, batch by batch, and leaves what is current alone', async () => {
    const before = startProcess([TEST_KEY]);
    const { secret } = enrolled;
    const rotated = startProcess([NEW_KEY, TEST_KEY]);
    await enrollApp(rotated, 'sync');
    const batches: unknown[] = [];
    const userIds = ['ada', 'mary', 'nobody', 'sync'];
    const report = await rotated.mfa.resealAll({
      ...acme,
      userIds,
      batchSize: 3,
      onBatch: (progress) => void batches.push(progress),
    });
    expect(report).toEqual({ users: 4, resealed: 2, unreadable: 0 });
    expect(batches).toEqual([{ users: 3, resealed: 2, unreadable: 0 }, report]);
    expect(new Set((await sealedSecrets(before, ...userIds)).map(keyIdOf)).size).toBe(1);
    expect(await rotated.mfa.resealAll({ ...acme, userIds })).toEqual({
      users: 4,
      resealed: 0,
      unreadable: 0,
    });
    clock.advance(30_000);
    const ada = visit(startProcess([NEW_KEY]));
    await ada.logIn('ada');
    const proven = await ada.postJson('/mfa/challenge', { code: totpCode(secret, clock.now()) });
    expect(proven.body).toMatchObject({ outcome: 'signed-in' });
  });
});

describe('a key that is lost or wrong', () => {
  function loseKey(): { readonly lost: Portal; readonly events: MfaEvent[] } {
    const lost = startProcess([OTHER_KEY]);
    return { lost, events: hear(lost) };
  }

  it('lets nobody in without a factor, and offers no enrollment: only what needs no key is left', async () => {
    const { lost, events } = loseKey();
    const { recoveryCodes, secret } = enrolled;
    const ada = visit(lost);
    const login = await ada.logIn('ada');
    expect(login.body).toMatchObject({
      outcome: 'challenge',
      anyOf: [{ authenticatorId: 'recovery-codes', kind: 'recovery-code' }],
    });
    expect((await ada.postJson('/mfa/enroll/totp')).body).not.toHaveProperty('totp');
    expect((await ada.getJson('/whoami')).body.authenticated).toBe(false);
    expect(events.filter(({ name }) => name === 'records-unreadable')).toMatchObject([
      { userId: 'ada', organizationId: 'acme', details: { because: 'key-missing', kind: 'totp' } },
    ]);
    await ada.postJson('/mfa/challenge/factor', { authenticatorId: 'recovery-codes' });
    const byApp = await ada.postJson('/mfa/challenge', { code: totpCode(secret, clock.now()) });
    expect(byApp.body).toMatchObject({ outcome: 'rejected' });
    const proven = await ada.postJson('/mfa/challenge', { code: recoveryCodes[0] });
    expect(proven.body).toMatchObject({ outcome: 'signed-in' });
  });

  it('denies the login of whoever has nothing else', async () => {
    const { lost } = loseKey();
    await lost.records.replaceRecoveryCodes('ada', [], clock.now());
    const ada = visit(lost);
    const login = await ada.logIn('ada');
    expect(login.status).toBe(403);
    expect(login.body).toMatchObject({ because: 'no-usable-factor' });
    expect((await ada.getJson('/whoami')).body.authenticated).toBe(false);
  });

  it('seals nothing anew and says so of each secret', async () => {
    const { lost, events } = loseKey();
    const before = await sealedSecrets(lost, 'ada');
    const report = await lost.mfa.resealAll({ ...acme, userIds: ['ada'] });
    expect(report).toEqual({ users: 1, resealed: 0, unreadable: 1 });
    expect(await sealedSecrets(lost, 'ada')).toEqual(before);
    expect(events.map(({ name }) => name)).toEqual(['records-unreadable']);
  });

  it('is not taken for a wrong code where the sealed secret was tampered with', async () => {
    const portal = startProcess([TEST_KEY]);
    const { secret } = enrolled;
    const events = hear(portal);
    const [hers, others] = await sealedSecrets(portal, 'ada', 'mary');
    const [authenticator] = (await portal.records.findMember('ada', 'acme')).authenticators;
    await portal.records.resealAuthenticator('ada', authenticator?.id ?? '', {
      expected: hers ?? '',
      sealed: others ?? '',
    });
    const ada = visit(portal);
    await ada.logIn('ada');
    const answer = await ada.postJson('/mfa/challenge', { code: totpCode(secret, clock.now()) });
    expect(answer.status).toBe(503);
    expect(answer.body).toMatchObject({ outcome: 'rejected', because: 'secret-unreadable' });
    expect((await ada.getJson('/whoami')).body.authenticated).toBe(false);
    expect(events.filter(({ name }) => name === 'records-unreadable')).toMatchObject([
      { userId: 'ada', details: { because: 'secret-unreadable', kind: 'totp' } },
    ]);
  });

  it('sends no code to an address that does not open, and leaves the other methods', async () => {
    const portal = startProcess([TEST_KEY]);
    await portal.records.removeAllAuthenticators('mary');
    const binding = { userId: 'mary', authenticatorId: 'phone', kind: 'sms' } as const;
    const sealedSecret = sealSecret(createKeyRing([TEST_KEY]), new PlainSecret('+442079460018'), binding);
    const phone = anAuthenticator({ ...binding, sealedSecret: `${sealedSecret.slice(0, -4)}AAAA` });
    await portal.records.addAuthenticator('mary', phone);
    const events = hear(portal);
    const messages = portal.outbox.messages.length;
    const again = visit(portal);
    const login = await again.logIn('mary');
    expect(login.body).toMatchObject({ outcome: 'challenge', notSent: { because: 'secret-unreadable' } });
    expect(portal.outbox.messages).toHaveLength(messages);
    expect((await again.get('/mfa/challenge')).status).toBe(200);
    expect(events.filter(({ name }) => name === 'records-unreadable')).toHaveLength(1);
  });
});

describe('sealing everything anew from the host’s own table', () => {
  it('goes page by page and can be taken up where it stopped', async () => {
    const users = Array.from({ length: 5 }, (_, index) => ({ id: `u${index}`, username: `u${index}` }));
    const records = redisRecords(redis);
    const mfa = createMfa({
      issuer: 'Acme Portal',
      baseUrl: 'http://localhost',
      keys: [NEW_KEY, TEST_KEY],
      records,
      state: memoryState(),
      clock,
      users: {
        findById: (id) => users.find((user) => user.id === id),
        list: async ({ cursor, limit }) => {
          const start = Number(cursor ?? 0);
          const page = users.slice(start, start + limit);
          const more = start + limit < users.length;
          return more ? { users: page, nextCursor: String(start + limit) } : { users: page };
        },
      },
    });
    const oldRing = createKeyRing([TEST_KEY]);
    for (const { id } of users) {
      const binding = { userId: id, authenticatorId: `a-${id}`, kind: 'email' } as const;
      const sealedSecret = sealSecret(oldRing, new PlainSecret(`${id}@acme.example`), binding);
      await records.addAuthenticator(id, anAuthenticator({ ...binding, sealedSecret }));
    }
    let stoppedAt: string | undefined;
    const interrupted = mfa.resealAll({
      batchSize: 2,
      onBatch: ({ cursor }) => {
        stoppedAt = cursor;
        throw new Error('The process ends.');
      },
    });
    await expect(interrupted).rejects.toThrow('The process ends.');
    expect(stoppedAt).toBe('2');
    const rest = await mfa.resealAll({
      batchSize: 2,
      ...(stoppedAt === undefined ? {} : { cursor: stoppedAt }),
    });
    expect(rest).toMatchObject({ users: 3, resealed: 3, unreadable: 0 });
    expect(await mfa.resealAll()).toMatchObject({ users: 5, resealed: 0, unreadable: 0 });
    await mfa.close();
  });
});
