import { memoryState } from '../../src/stores/memory/memory-stores';
import { memoryRecords } from '../support/records';
import { describeBackgroundJobs } from './background-jobs';
import { describeKeptNotices } from './kept-notices';
import { describeMemberIndexes } from './member-indexes';
import { describeRecordStore } from './record-store';
import { describeRememberedBrowsers } from './remembered-browsers';
import { NOW, aPendingLogin } from './samples';
import { describeSessionStore } from './session-store';
import { describeStateStore } from './state-store';
import { describeUnlockGuesses } from './unlock-guesses';
import { describeUnlockLinks } from './unlock-links';

describe('records in memory', () => {
  const records = memoryRecords();
  describeRecordStore(() => records);
  describeMemberIndexes(() => records);
  describeBackgroundJobs(() => records);
  describeRememberedBrowsers(() => records);
  describeKeptNotices(() => records);
  describeUnlockGuesses(() => records);

  it('says that they are lost', async () => {
    expect(await records.findWeaknesses()).toEqual([expect.stringContaining('lost when the process ends')]);
  });
});

describe('state in memory', () => {
  const state = memoryState();
  describeStateStore(() => state);
  describeUnlockLinks(() => state);
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
