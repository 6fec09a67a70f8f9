import { randomBytes } from 'node:crypto';
import {
  hashToken,
  issueToken,
  parseToken,
  succeedToken,
  tokenHashes,
} from '../../../src/core/proof/bearer-token';
import { createKeyRing } from '../../../src/core/proof/key-ring';

const newKey = () => randomBytes(32).toString('base64');

describe('a bearer token', () => {
  const key = newKey();
  const keyRing = createKeyRing([key]);

  it('has 256 bits and is another each time', () => {
    const tokens = Array.from({ length: 100 }, () => issueToken().reveal());
    expect(new Set(tokens).size).toBe(100);
    expect(Buffer.from(tokens[0] ?? '', 'base64url')).toHaveLength(32);
    expect(parseToken(tokens[0])?.reveal()).toBe(tokens[0]);
  });

  it.each([
    [undefined],
    [null],
    [''],
    ['short'],
    [['A'.repeat(43)]],
    ['A'.repeat(44)],
    [`${'A'.repeat(42)}+`],
  ])('is not %j', (value) => {
    expect(parseToken(value)).toBeNull();
  });

  it('is hashed for one use and one owner', () => {
    const hashes = [
      hashToken(keyRing, 'browser', ['ada', 'token']),
      hashToken(keyRing, 'unlock-link', ['ada', 'token']),
      hashToken(keyRing, 'browser', ['mary', 'token']),
      hashToken(keyRing, 'browser', ['adatoken']),
      hashToken(createKeyRing([newKey()]), 'browser', ['ada', 'token']),
    ];
    expect(new Set(hashes).size).toBe(5);
  });

  it('outlives the rotation of a key, until the key leaves the ring', () => {
    const hash = hashToken(keyRing, 'browser', ['token']);
    expect(tokenHashes(createKeyRing([newKey(), key]), 'browser', ['token'])).toContain(hash);
    expect(tokenHashes(createKeyRing([newKey()]), 'browser', ['token'])).not.toContain(hash);
  });

  it('is succeeded by one and the same token, which does not lead back', () => {
    const token = issueToken();
    const next = succeedToken(keyRing, token, ['ada', 'id']);
    expect(succeedToken(keyRing, token, ['ada', 'id']).reveal()).toBe(next.reveal());
    expect(next.reveal()).not.toBe(token.reveal());
    expect(parseToken(next.reveal())).not.toBeNull();
    expect(succeedToken(createKeyRing([newKey()]), token, ['ada', 'id']).reveal()).not.toBe(next.reveal());
  });
});
