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
 * Describes the tests that every record store passes. `open` is called in the tests and gives the store under test, which may be
 * the same for all of them. Its queues are emptied.
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

  it('says in sentences what is wrong with its settings', async () => {
    const sentences = await open().findWeaknesses();
    expect(sentences.filter((sentence) => !/^[A-Z].*\.$/.test(sentence))).toEqual([]);
  });
}

/**
 * Describes the tests that every state store passes. `open` is called in the tests and gives the store under test, which may be
 * the same for all of them.
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

  it('has a clock of its own, or none but the process', async () => {
    const before = Date.now();
    const clock = (await open().findClock(before)) ?? before;
    expect(clock).toBeGreaterThan(before - 5000);
    expect(clock).toBeLessThan(Date.now() + 5000);
  });
}
