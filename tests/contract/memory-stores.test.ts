import { memoryState } from '../../src/stores/memory/memory-stores';
import { memoryRecords } from '../support/records';
import { NOW, aPendingLogin } from './samples';
import { stateStoreContract } from '../../src/testing';
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
