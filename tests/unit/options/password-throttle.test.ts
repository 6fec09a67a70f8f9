import { refusal, resolve } from './given-options';

describe('the password throttle', () => {
  it('is off only by name', () => {
    expect(resolve({ dangerouslyDisablePasswordThrottle: true }).passwordThrottle).toBeNull();
    expect(refusal({ passwordThrottle: false }).message).toContain(
      'dangerouslyDisablePasswordThrottle: true',
    );
  });

  it('is not both set and off', () => {
    const both = {
      passwordThrottle: { perAddress: { points: 1 } },
      dangerouslyDisablePasswordThrottle: true,
    };
    expect(refusal(both).option).toBe('passwordThrottle');
  });
});
