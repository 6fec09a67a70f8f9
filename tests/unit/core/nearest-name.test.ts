import * as fc from 'fast-check';
import { nearestName } from '../../../src/core/text/nearest-name';

describe('nearestName', () => {
  const known = [
    'codeSeconds',
    'records',
    'email',
    'baseUrl',
    'defaultPolicy',
    'pagesPath',
    'adminPath',
    'sms',
  ];

  it.each([
    ['codeSecond', 'codeSeconds'],
    ['recods', 'records'],
    ['recrods', 'records'],
    ['e-mail', 'email'],
    ['base_url', 'baseUrl'],
    ['baseURL', 'baseUrl'],
    ['CODE_SECONDS', 'codeSeconds'],
    ['sm', undefined],
    ['smss', 'sms'],
  ])('takes %p for %s', (written, meant) => {
    expect(nearestName(written, known)).toBe(meant);
  });

  it.each([
    ['policy', 'defaultPolicy'],
    ['Policy', 'defaultPolicy'],
    ['admin', 'adminPath'],
  ])('takes %p for the only name that holds it as a word: %s', (written, meant) => {
    expect(nearestName(written, known)).toBe(meant);
  });

  it.each(['', '-', 'clock', 'path', 'Path', 'fault', 'seconds2fa', 'secondsDefault', 'e', '__proto__'])(
    'offers nothing for %p, which is far from every name or near several',
    (written) => {
      expect(nearestName(written, known)).toBeUndefined();
    },
  );

  it('offers nothing where two names hold the word', () => {
    expect(nearestName('policy', ['defaultPolicy', 'policyDefaults'])).toBeUndefined();
  });

  const edits = (from: string, to: string): number => {
    if (from === '' || to === '') return from.length + to.length;
    if (from[0] === to[0]) return edits(from.slice(1), to.slice(1));
    const ways = [edits(from.slice(1), to.slice(1)), edits(from, to.slice(1)), edits(from.slice(1), to)];
    return 1 + Math.min(...ways);
  };

  it('takes the one with the fewest edits, at most one letter in three, and the first of several', () => {
    const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(word, fc.array(word, { minLength: 1, maxLength: 4 }), (written, names) => {
        const near = names.filter(
          (name) => edits(written, name) <= Math.floor(Math.min(written.length, name.length) / 3),
        );
        const fewest = Math.min(...near.map((name) => edits(written, name)));
        const meant = near.find((name) => edits(written, name) === fewest);
        expect(nearestName(written, names)).toBe(meant);
      }),
      { seed: 7, numRuns: 1000 },
    );
  });

  it('takes three edits at most, however long the name', () => {
    expect(nearestName('dangerouslyAcceptVolatileRecoxyz', ['dangerouslyAcceptVolatileRecords'])).toBe(
      'dangerouslyAcceptVolatileRecords',
    );
    expect(nearestName('dangerouslyAcceptVolatileRecxxyz', ['dangerouslyAcceptVolatileRecords'])).toBe(
      undefined,
    );
  });

  it('has nothing to offer where nothing is known', () => {
    expect(nearestName('email', [])).toBeUndefined();
  });
});
