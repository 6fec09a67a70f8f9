import { ConfigurationError } from '../../../src/core/errors';
import { resolve, type Person } from './given-options';

describe('userId', () => {
  it.each([
    ['42', '42'],
    [42, '42'],
    [0, '0'],
    [9_007_199_254_740_993n, '9007199254740993'],
    [{ toString: () => '65f1c0ffee' }, '65f1c0ffee'],
  ])('makes a text of %p', (id, text) => {
    expect(resolve({ userId: () => id }).userId({ id: 1 })).toBe(text);
  });

  it.each([undefined, null, '', Number.NaN, 1.5, 2 ** 53, {}, [7], true, Symbol('7')])('refuses %p', (id) => {
    expect(() => resolve({ userId: () => id }).userId({ id: 1 })).toThrow(ConfigurationError);
  });

  it('reads user.id unless told otherwise', () => {
    expect(resolve().userId({ id: 7 })).toBe('7');
    expect(resolve({ userId: ({ id }: Person) => `person-${id}` }).userId({ id: 7 })).toBe('person-7');
  });
});
