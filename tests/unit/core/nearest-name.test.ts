import * as fc from 'fast-check';
import { nearestName } from '../../../src/core/nearest-name';

describe('nearestName', () => {
  const known = ['codeSeconds', 'records', 'email', 'baseUrl'];

  it.each([
    ['codeSecond', 'codeSeconds'],
    ['recods', 'records'],
    ['e-mail', 'email'],
    ['baseURL', 'baseUrl'],
    ['', 'email'],
  ])('takes %p for %s', (written, meant) => {
    expect(nearestName(written, known)).toBe(meant);
  });

  it('takes the one with the fewest letters to change, add or leave out, and the first of several', () => {
    const edits = (from: string, to: string): number => {
      if (from === '' || to === '') return from.length + to.length;
      if (from[0] === to[0]) return edits(from.slice(1), to.slice(1));
      const ways = [edits(from.slice(1), to.slice(1)), edits(from, to.slice(1)), edits(from.slice(1), to)];
      return 1 + Math.min(...ways);
    };
    const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 5 });
    fc.assert(
      fc.property(word, fc.array(word, { minLength: 1, maxLength: 4 }), (written, names) => {
        const fewest = Math.min(...names.map((name) => edits(written, name)));
        const meant = names.find((name) => edits(written, name) === fewest);
        expect(nearestName(written, names)).toBe(meant);
      }),
      { seed: 7, numRuns: 500 },
    );
  });

  it('has nothing to offer where nothing is known', () => {
    expect(nearestName('email', [])).toBeUndefined();
  });
});
