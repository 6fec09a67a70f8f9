import { randomBytes } from 'node:crypto';
import { isBrowserOf, issueBrowserId } from '../../../src/core/member/remembered-browser';
import { createKeyRing } from '../../../src/core/proof/key-ring';

const [older, newer] = [randomBytes(32).toString('base64'), randomBytes(32).toString('base64')];

describe('the id of a remembered browser', () => {
  it('is another each time, of 22 characters', () => {
    const ids = Array.from({ length: 100 }, () => issueBrowserId(createKeyRing([older]), 'ada'));
    expect(new Set(ids).size).toBe(100);
    for (const id of ids) expect(id).toMatch(/^[\w-]{22}$/);
  });

  it('tells the name that it was issued for, also under a key that is not the first any more', () => {
    const id = issueBrowserId(createKeyRing([older]), 'ada');
    expect(isBrowserOf(createKeyRing([older]), id, 'ada')).toBe(true);
    expect(isBrowserOf(createKeyRing([newer, older]), id, 'ada')).toBe(true);
    expect(isBrowserOf(createKeyRing([older]), id, 'mary')).toBe(false);
    expect(isBrowserOf(createKeyRing([newer]), id, 'ada')).toBe(false);
  });

  it('is made up by nobody', () => {
    const ring = createKeyRing([older]);
    const [one, other] = [issueBrowserId(ring, 'ada'), issueBrowserId(ring, 'ada')];
    const forged = [
      one.slice(0, 11) + other.slice(11),
      one.slice(0, 11),
      one.slice(0, 21),
      '',
      'x'.repeat(22),
    ];
    expect(forged.map((id) => isBrowserOf(ring, id, 'ada'))).toEqual(forged.map(() => false));
  });
});
