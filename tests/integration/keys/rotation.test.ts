import { redisRecords } from '../../support/records';
import { randomBytes } from 'node:crypto';
import { createKeyRing } from '../../../src/core/proof/key-ring';
import { PlainSecret, sealSecret } from '../../../src/core/proof/secrets';
import { createMfa, memoryState } from '../../../src/index';

import { ACME, anAddress, openKeyRotation, sealedSecrets } from '../../support/key-rotation';
import { enrollApp, visit } from '../../support/member';
import { TEST_KEY, type Portal } from '../../support/portal';
import { totpCode } from '../../support/totp';

const NEW_KEY = randomBytes(32).toString('base64');
const { redis, clock, enrolled, startProcess } = openKeyRotation();

const keyIdOf = (sealedSecret: string) => sealedSecret.split('.')[1];

describe('rotating a key', () => {
  it('keeps a login in progress, its code and its session alive in every step, in every process', async () => {
    const old = startProcess([TEST_KEY]);
    await old.records.removeAllAuthenticators('mary');
    await old.mfa.members.save({ ...ACME, userId: 'mary' }, { enabled: true, assignedKind: 'email' });
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
      ...ACME,
      userIds,
      batchSize: 3,
      onBatch: (progress) => void batches.push(progress),
    });
    expect(report).toEqual({ users: 4, resealed: 2, unreadable: 0 });
    expect(batches).toEqual([{ users: 3, resealed: 2, unreadable: 0 }, report]);
    expect(new Set((await sealedSecrets(before, ...userIds)).map(keyIdOf)).size).toBe(1);
    expect(await rotated.mfa.resealAll({ ...ACME, userIds })).toEqual({
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
      await records.addAuthenticator(id, anAddress({ ...binding, sealedSecret, createdAt: clock.now() }));
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
