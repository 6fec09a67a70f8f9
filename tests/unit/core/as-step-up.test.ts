import { asStepUp } from '../../../src/core/decision/decide';
import type { Decision } from '../../../src/core/decision/decision';

describe('a decision of a route that asks more than the policy', () => {
  it('is a step-up where it asks for a proof', () => {
    const challenge: Decision = { outcome: 'challenge', because: 'assurance-too-low', anyOf: [] };
    expect(asStepUp(challenge)).toEqual({ ...challenge, because: 'authentication-too-old' });
  });

  it('is itself otherwise', () => {
    const others: readonly Decision[] = [
      { outcome: 'allow', because: 'satisfied' },
      { outcome: 'sign-in', because: 'session-ended' },
    ];
    expect(others.map(asStepUp)).toEqual(others);
  });
});
