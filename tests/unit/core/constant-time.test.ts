import { isEqualInConstantTime } from '../../../src/core/proof/one-time-code';

describe('isEqualInConstantTime', () => {
  it.each([
    ['123456', '123456', true],
    ['123456', '123457', false],
    ['123456', '12345', false],
    ['', '1', false],
    ['', '', true],
    ['é', 'ee', false],
  ])('tells %j from %j', (left, right, equal) => {
    expect(isEqualInConstantTime(left, right)).toBe(equal);
    expect(isEqualInConstantTime(right, left)).toBe(equal);
  });
});
