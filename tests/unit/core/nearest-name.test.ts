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

  it('has nothing to offer where nothing is known', () => {
    expect(nearestName('email', [])).toBeUndefined();
  });
});
