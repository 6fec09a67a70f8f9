import { memoryState } from '../../src/stores/memory/memory-stores';
import { ExpiringMap } from '../../src/stores/memory/owned-entries';
import { stateStoreContract } from '../../src/testing';
import { memoryRecords } from '../support/records';
import { NOW, aPendingLogin } from './samples';
import { describeSessionStore } from './session-store';

describe('records in memory', () => {
  const records = memoryRecords();

  it('says that they are lost', async () => {
    expect(await records.findWeaknesses()).toEqual([expect.stringContaining('lost when the process ends')]);
  });
});

describe('state in memory', () => {
  const state = memoryState();
  stateStoreContract({ describe, it, beforeEach, expect }, () => state);
  describeSessionStore(() => state);

  it('does not grow with logins that nobody finished', async () => {
    const first = aPendingLogin();
    const lasting = aPendingLogin({ expiresAt: NOW * 2 });
    for (const login of [first, lasting]) await state.createPendingLogin(login);
    for (let n = 0; n < 5000; n += 1) {
      const startedAt = NOW + n * 60_000;
      await state.createPendingLogin(aPendingLogin({ startedAt, expiresAt: startedAt + 600_000 }));
    }
    expect(await state.findPendingLogin(first.userId, first.id)).toBeUndefined();
    expect(await state.findPendingLogin(lasting.userId, lasting.id)).toEqual(lasting);
  });

  it('does not grow with messages of which nobody sent news, and knows none that is over', async () => {
    const message = { userId: 'ada', ownerId: 'login', purpose: 'login', codeId: 'c' } as const;
    await state.rememberSentMessage('over', message, 0);
    expect(await state.takeSentMessage('over')).toBeUndefined();
    for (let n = 0; n <= 10_000; n += 1) await state.rememberSentMessage(`message-${n}`, message, 60);
    expect(await state.takeSentMessage('message-0')).toBeUndefined();
    expect(await state.takeSentMessage('message-1')).toEqual(message);
  });
});

describe('a map whose entries end', () => {
  /** How many entries it holds, ended or not. */
  function sizeOf(map: ExpiringMap<number>): number {
    let size = 0;
    map.deleteWhere(() => {
      size += 1;
      return false;
    });
    return size;
  }
  const fill = (
    map: ExpiringMap<number>,
    name: string,
    count: number,
    life: { now: number; expiresAt: number },
  ) => {
    for (let n = 0; n < count; n += 1) map.set(`${name}-${n}`, n, life);
  };

  it('drops what has ended when a thousand entries are there', () => {
    const map = new ExpiringMap<number>();
    fill(map, 'ended', 999, { now: 0, expiresAt: 1 });
    expect(sizeOf(map)).toBe(999);
    fill(map, 'live', 1, { now: 1, expiresAt: 2 });
    expect(sizeOf(map)).toBe(1);
    fill(map, 'ended', 998, { now: 1, expiresAt: 1 });
    expect(sizeOf(map)).toBe(999);
  });

  it('looks for them again only when it has doubled, so that writes stay cheap', () => {
    const map = new ExpiringMap<number>();
    fill(map, 'live', 1000, { now: 0, expiresAt: 2 });
    fill(map, 'ended', 999, { now: 0, expiresAt: 1 });
    fill(map, 'live', 10, { now: 1, expiresAt: 2 });
    expect(sizeOf(map)).toBe(1999);
    fill(map, 'more', 1, { now: 1, expiresAt: 2 });
    expect(sizeOf(map)).toBe(1001);
  });
});
