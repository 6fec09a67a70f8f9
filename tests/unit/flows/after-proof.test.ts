import type { Decision } from '../../../src/core/decision/decide';
import { proceed } from '../../../src/flows/challenge/after-proof';
import type { FlowContext } from '../../../src/flows/context/context';
import { NOW } from '../core/decision-facts';

describe('a right proof', () => {
  it.each<Decision>([
    { outcome: 'deny', because: 'locked', lockedUntil: NOW },
    { outcome: 'sign-in', because: 'session-ended' },
    { outcome: 'challenge', because: 'assurance-too-low', anyOf: [] },
  ])('finishes nothing where the decision is %j', async (decision) => {
    const proven = { answer: { decision } } as unknown as Parameters<typeof proceed>[1];
    expect(await proceed({} as FlowContext, proven)).toEqual({ outcome: 'refused', decision });
  });
});
