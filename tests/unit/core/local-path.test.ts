import { assert, constantFrom, property, string } from 'fast-check';
import { parseLocalPath } from '../../../src/core/text/typed-text';

describe('parseLocalPath', () => {
  it.each([
    '/',
    '/payouts',
    '/payouts?month=5&to=https://elsewhere.example#last',
    '/a//b',
    '/%2F%2Felsewhere.example',
  ])('takes %s as it is', (path) => {
    expect(parseLocalPath(path)).toBe(path);
  });

  it('takes a path of 2048 characters', () => {
    const path = `/${'a'.repeat(2047)}`;
    expect(parseLocalPath(path)).toBe(path);
  });

  it('takes dot segments out', () => {
    expect(parseLocalPath('/a/../b/./c')).toBe('/b/c');
  });

  it.each([
    '',
    'payouts',
    '//elsewhere.example',
    '/\\elsewhere.example',
    '\\\\elsewhere.example',
    '/a\\..\\..',
    '/\t/elsewhere.example',
    '/\n/elsewhere.example',
    ' /payouts',
    '/pay outs',
    '/\u00a0',
    '/\u2028',
    '/.//elsewhere.example',
    '/a/..//elsewhere.example',
    '/%2e//elsewhere.example',
    'https://elsewhere.example',
    'javascript:alert(1)',
    '/\0',
    `/${'a'.repeat(2048)}`,
    ['/payouts'],
    { toString: () => '/payouts' },
    null,
    undefined,
    1,
  ])('refuses %j', (value) => {
    expect(parseLocalPath(value)).toBeNull();
  });

  it('never leads to another site, whatever is submitted', () => {
    const letters = ['/', '\\', '.', '%2e', '%2f', ':', '@', '?', '#', 'a', ' ', '\t', '\n', '\r', '\0'];
    const hostile = string({ unit: constantFrom(...letters, 'elsewhere.example'), maxLength: 12 });
    const staysHere = property(hostile, (rest) => {
      const path = parseLocalPath(`/${rest}`);
      return path === null || new URL(path, 'https://here.example/mfa/login').host === 'here.example';
    });
    expect(() => assert(staysHere, { seed: 7, numRuns: 5000 })).not.toThrow();
  });
});
