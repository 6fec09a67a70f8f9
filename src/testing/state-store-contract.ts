import type { StateStore } from '../stores/state-store';
import { describeChallenges } from './state-contract/challenges';
import { describeForgetting } from './state-contract/forgetting';
import { describePasswordAttempts } from './state-contract/password-attempts';
import { describePendingLogins } from './state-contract/pending-logins';
import { describeSendBudgets } from './state-contract/send-budgets';
import { describeSentMessages } from './state-contract/sent-messages';
import { describeSessions } from './state-contract/sessions';
import { describeThrottles } from './state-contract/throttles';
import { describeUnlockLinks } from './state-contract/unlock-links';
import { describeUnseenCodes } from './state-contract/unseen-codes';
import type { TestFramework } from './test-framework';

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
