import type { Challenge, StateStore } from '../../stores/state-store';
import { NOW, aChallenge, aPendingLogin } from '../samples';
import type { TestFramework } from '../test-framework';

/** How a challenge is issued that goes with a pending login, and one that goes with a session. */
export const PENDING = { now: NOW, underPendingLogin: true };
export const SESSION = { now: NOW, underPendingLogin: false };

/** Begins a pending login and issues a challenge under it, in the store that `open` gives. */
export const issueInPendingLoginWith = ({ expect }: Pick<TestFramework, 'expect'>, open: () => StateStore) =>
  async function issueInPendingLogin(overrides: Partial<Challenge> = {}): Promise<Challenge> {
    const pending = aPendingLogin();
    await open().createPendingLogin(pending);
    const challenge = aChallenge({ userId: pending.userId, ownerId: pending.id, ...overrides });
    expect(await open().issueChallenge(challenge, PENDING)).toBe(true);
    return challenge;
  };
