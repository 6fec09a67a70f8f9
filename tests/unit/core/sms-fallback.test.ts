import { defaultPolicy, maySmsFallBack } from '../../../src/core/policy/policy';

describe('a text message that cannot be sent', () => {
  it.each([
    ['login', true],
    ['step-up', false],
    ['enroll', false],
    ['unlock', false],
  ] as const)('may go by email for %s: %s', (purpose, may) => {
    expect(maySmsFallBack(defaultPolicy('acme'), purpose)).toBe(may);
  });

  it('goes nowhere where the policy says so', () => {
    expect(maySmsFallBack({ smsFallback: false }, 'login')).toBe(false);
  });
});
