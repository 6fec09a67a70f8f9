import { createKeyRing } from '../../../src/core/proof/key-ring';
import {
  SIGN_IN_CHALLENGE_SECONDS,
  issueSignInChallenge,
  readSignInChallenge,
} from '../../../src/core/proof/sign-in-challenge';

const OLD_KEY = 'BZNAa8vgZOyHkpe8SZ/0yg81YYMdfXHVYqKRkJOij6g=';
const NEW_KEY = 'XgPzc0yXlZpJ2dsYuR9Hn0m1bRk3tqvQ4d1m7u0sD2k=';
const NOW = Date.UTC(2026, 0, 15, 12);

const ring = createKeyRing([OLD_KEY]);
const visitor = 'visitor-1';
const issue = () => issueSignInChallenge(ring, { visitor, now: NOW });
const read = (challenge: string, change: Partial<Parameters<typeof readSignInChallenge>[1]> = {}) =>
  readSignInChallenge(ring, { challenge, visitors: [visitor], now: NOW, ...change });

describe('a challenge for a sign-in without a name', () => {
  it('is new each time, and marked by 16 bytes of its own', () => {
    const [one, other] = [issue(), issue()];
    expect(read(one)).toMatch(/^[\w-]{22}$/);
    expect(read(one)).toBe(read(one));
    expect(read(other)).not.toBe(read(one));
  });

  it('is for one visitor, whatever else that visitor goes by', () => {
    const challenge = issue();
    expect(read(challenge, { visitors: ['visitor-2'] })).toBeNull();
    expect(read(challenge, { visitors: [] })).toBeNull();
    expect(read(challenge, { visitors: ['visitor-2', visitor] })).toBe(read(challenge));
  });

  it('holds for five minutes, and not before it was made', () => {
    const challenge = issue();
    const lifeMs = SIGN_IN_CHALLENGE_SECONDS * 1000;
    expect(lifeMs).toBe(300_000);
    expect(read(challenge, { now: NOW + lifeMs - 1 })).not.toBeNull();
    expect(read(challenge, { now: NOW + lifeMs })).toBeNull();
    expect(read(challenge, { now: NOW - 30_000 })).not.toBeNull();
    expect(read(challenge, { now: NOW - 30_001 })).toBeNull();
  });

  it('survives a rotation of keys, and ends with its key', () => {
    const challenge = issue();
    const asked = { challenge, visitors: [visitor], now: NOW };
    expect(readSignInChallenge(createKeyRing([NEW_KEY, OLD_KEY]), asked)).toBe(read(challenge));
    expect(readSignInChallenge(createKeyRing([NEW_KEY]), asked)).toBeNull();
  });

  it('cannot be changed in any byte', () => {
    const bytes = Buffer.from(issue(), 'base64url');
    const forged = [...bytes.keys()].map((place) => {
      const copy = Buffer.from(bytes);
      copy.writeUInt8(copy.readUInt8(place) ^ 1, place);
      return read(copy.toString('base64url'));
    });
    expect(forged).toEqual(Array.from(bytes, () => null));
  });

  it.each(['', 'x', 'A'.repeat(72), '='.repeat(72), 'a'.repeat(10_000)])('is not %p', (text) => {
    expect(read(text)).toBeNull();
  });

  it('has one text', () => {
    const challenge = issue();
    expect(read(`${challenge}=`)).toBeNull();
    expect(read(` ${challenge}`)).toBeNull();
  });
});
