import type { RecordStore } from '../stores/record-store';
import type { StateStore } from '../stores/state-store';
import { describeDocuments } from './record-contract/documents';
import { describeEvents } from './record-contract/events';
import { describeIndexes, describeQueues } from './record-contract/indexes';
import { describeChallenges } from './state-contract/challenges';
import { describeForgetting } from './state-contract/forgetting';
import { describePasswordAttempts } from './state-contract/password-attempts';
import { describePendingLogins } from './state-contract/pending-logins';
import { describeSendBudgets, describeThrottles } from './state-contract/send-budgets';
import { describeSessions } from './state-contract/sessions';
import { describeSentMessages, describeUnlockLinks, describeUnseenCodes } from './state-contract/short-lived';
import type { TestFramework } from './test-framework';

/**
 * Describes the tests that every record store must pass. `open` is called in each test and returns the store under test; it may
 * return the same store each time. The store's queues are emptied.
 *
 * @example
 * recordStoreContract({ describe, it, beforeEach, expect }, () => records);
 */
export function recordStoreContract(framework: TestFramework, open: () => RecordStore): void {
  const { it, expect } = framework;
  describeDocuments(framework, open);
  describeEvents(framework, open);
  describeIndexes(framework, open);
  describeQueues(framework, open);

  it('describes problems of its settings in full sentences', async () => {
    const sentences = await open().findWeaknesses();
    expect(sentences.filter((sentence) => !/^[A-Z].*\.$/.test(sentence))).toEqual([]);
  });
}

/**
 * Describes the tests that every state store must pass. `open` is called in each test and returns the store under test; it may
 * return the same store each time.
 *
 * @example
 * stateStoreContract({ describe, it, beforeEach, expect }, () => state);
 */
export function stateStoreContract(framework: TestFramework, open: () => StateStore): void {
  const { it, expect } = framework;
  describePendingLogins(framework, open);
  describeChallenges(framework, open);
  describeSessions(framework, open);
  describeSendBudgets(framework, open);
  describeSentMessages(framework, open);
  describeThrottles(framework, open);
  describePasswordAttempts(framework, open);
  describeUnseenCodes(framework, open);
  describeUnlockLinks(framework, open);
  describeForgetting(framework, open);

  it('has a clock that agrees with the process, or no clock', async () => {
    const before = Date.now();
    const clock = (await open().findClock(before)) ?? before;
    expect(clock).toBeGreaterThan(before - 5000);
    expect(clock).toBeLessThan(Date.now() + 5000);
  });
}
