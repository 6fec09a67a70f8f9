import type { StateStore } from '../../src/stores/state-store';
import { describeChallenges } from './state/challenges';
import { describeForgetting } from './state/forgetting';
import { describePasswordAttempts } from './state/password-attempts';
import { describePendingLogins } from './state/pending-logins';
import { describeSendBudgets } from './state/send-budgets';
import { describeSentMessages } from './state/sent-messages';
import { describeSessions } from './state/sessions';
import { describeThrottles } from './state/throttles';
import { describeUnseenCodes } from './state/unseen-codes';

/** What every state store does. `open` gives the store under test. */
export function describeStateStore(open: () => StateStore): void {
  it('has a clock of its own, or none but the process', async () => {
    const before = Date.now();
    const clock = await open().findClock(before);
    expect(clock ?? before).toBeGreaterThan(before - 5000);
    expect(clock ?? before).toBeLessThan(Date.now() + 5000);
  });

  describePendingLogins(open);
  describeChallenges(open);
  describeSessions(open);
  describeSendBudgets(open);
  describeSentMessages(open);
  describeThrottles(open);
  describePasswordAttempts(open);
  describeUnseenCodes(open);
  describeForgetting(open);
}
