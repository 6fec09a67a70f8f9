import {
  VISITOR_TOKEN_SECONDS,
  isVisitorMarkLive,
  issueVisitorMark,
  readVisitorHalf,
  writeVisitorHalf,
} from '../../../src/core/proof/bearer-token';
import { createKeyRing } from '../../../src/core/proof/key-ring';

const OLD_KEY = 'BZNAa8vgZOyHkpe8SZ/0yg81YYMdfXHVYqKRkJOij6g=';
const NEW_KEY = 'XgPzc0yXlZpJ2dsYuR9Hn0m1bRk3tqvQ4d1m7u0sD2k=';
const NOW = Date.UTC(2026, 0, 15, 12, 0, 0);

const ring = createKeyRing([OLD_KEY]);

describe('a token for a visitor without a session', () => {
  it('says in both halves which visitor it is for and when it was issued', () => {
    const mark = issueVisitorMark(NOW);
    expect(mark).toEqual({ id: expect.stringMatching(/^[0-9a-f]{24}$/), issuedAtSeconds: NOW / 1000 });
    for (const half of ['cookie', 'form'] as const) {
      expect(readVisitorHalf(ring, half, writeVisitorHalf(ring, half, mark))).toEqual(mark);
    }
  });

  it('has two halves that do not stand for each other', () => {
    const mark = issueVisitorMark(NOW);
    const cookie = writeVisitorHalf(ring, 'cookie', mark);
    const form = writeVisitorHalf(ring, 'form', mark);
    expect(cookie).not.toBe(form);
    expect(readVisitorHalf(ring, 'form', cookie)).toBeNull();
    expect(readVisitorHalf(ring, 'cookie', form)).toBeNull();
  });

  it('is new for each visitor', () => {
    const ids = Array.from({ length: 1000 }, () => issueVisitorMark(NOW).id);
    expect(new Set(ids).size).toBe(1000);
  });

  it('is worth nothing once a digit of it was changed', () => {
    const form = writeVisitorHalf(ring, 'form', issueVisitorMark(NOW));
    for (let at = 0; at < form.length; at += 1) {
      const digit = form[at] === '0' ? '1' : '0';
      expect(readVisitorHalf(ring, 'form', form.slice(0, at) + digit + form.slice(at + 1))).toBeNull();
    }
  });

  it.each([
    ['nothing', undefined],
    ['no text', ''],
    ['text of another shape', 'chosen'],
    ['64 zeros', '0'.repeat(64)],
    ['capital letters', writeVisitorHalf(ring, 'form', issueVisitorMark(NOW)).toUpperCase()],
  ])('is not %s', (_what, submitted) => {
    expect(readVisitorHalf(ring, 'form', submitted)).toBeNull();
  });

  it('outlives a rotation of the keys, and not the end of its key', () => {
    const mark = issueVisitorMark(NOW);
    const form = writeVisitorHalf(ring, 'form', mark);
    expect(readVisitorHalf(createKeyRing([NEW_KEY, OLD_KEY]), 'form', form)).toEqual(mark);
    expect(readVisitorHalf(createKeyRing([NEW_KEY]), 'form', form)).toBeNull();
  });

  it('lasts two hours, and comes from no future beyond what clocks differ by', () => {
    const mark = issueVisitorMark(NOW);
    const after = (seconds: number) => isVisitorMarkLive(mark, NOW + seconds * 1000);
    expect([after(0), after(VISITOR_TOKEN_SECONDS - 1)]).toEqual([true, true]);
    expect(after(VISITOR_TOKEN_SECONDS)).toBe(false);
    expect([after(-60), after(-61)]).toEqual([true, false]);
  });
});
