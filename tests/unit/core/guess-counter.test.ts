import type { FactorRank } from '../../../src/core/decision/usable-factors';
import { GUESS_LIMITS } from '../../../src/core/member/authenticator';
import {
  LONGEST_LOCK_SECONDS,
  NO_GUESSES,
  canEndLock,
  countGuess,
  knownLockEnd,
  lockEnd,
  settleGuesses,
  settleOwnGuesses,
  totalOf,
  type GuessCounter,
} from '../../../src/core/member/guess-counter';

const NOW = Date.UTC(2026, 0, 15);
const MINUTE = 60_000;
const limits = { ...GUESS_LIMITS, perUser: 3 };
const EMAIL = 1;
const PHONE = 2;
const APP = 3;

function guess(counter: GuessCounter, ...ranks: readonly FactorRank[]): GuessCounter {
  return ranks.reduce((before, rank) => countGuess(before, { rank, limits, now: NOW }).counter, counter);
}

const right = (rank: FactorRank) => ({ guessedRank: rank, provenRank: rank });
const endOf = (counter: GuessCounter, now = NOW) => lockEnd(counter, limits, now);

describe('a count of guesses', () => {
  it('begins at nothing, without a lock', () => {
    expect(totalOf(NO_GUESSES.failures) + totalOf(NO_GUESSES.locks)).toBe(0);
    expect(endOf(NO_GUESSES)).toBeNull();
    expect(totalOf({ 1: 1, 2: 20, 3: 300 })).toBe(321);
  });

  it('locks at its limit, whatever was guessed at, by the strongest of it', () => {
    const counter = guess(NO_GUESSES, EMAIL, PHONE, EMAIL);
    expect(counter).toEqual({
      failures: { 1: 2, 2: 1, 3: 0 },
      locks: { 1: 0, 2: 1, 3: 0 },
      lockedUntil: NOW + 30 * MINUTE,
    });
    expect(guess(NO_GUESSES, EMAIL, PHONE).lockedUntil).toBeNull();
    expect(guess(NO_GUESSES, EMAIL, EMAIL, EMAIL).locks).toEqual({ 1: 1, 2: 0, 3: 0 });
    expect(guess(NO_GUESSES, EMAIL, EMAIL, APP).locks).toEqual({ 1: 0, 2: 0, 3: 1 });
  });

  it('is locked until its end and not a millisecond longer', () => {
    const counter = guess(NO_GUESSES, APP, APP, APP);
    const end = NOW + 30 * MINUTE;
    expect([endOf(counter, end - 1), endOf(counter, end)]).toEqual([end, null]);
    expect(knownLockEnd(counter, limits, end - 1)).toBe(end);
    expect(knownLockEnd(counter, limits, end)).toBeNull();
  });

  it('starts anew after a lock, and the next one lasts twice as long, up to a day', () => {
    let counter = guess(NO_GUESSES, APP, APP, APP);
    const again = countGuess(counter, { rank: EMAIL, limits, now: NOW + 30 * MINUTE });
    expect(again).toEqual({
      outcome: 'spent',
      counter: { failures: { 1: 1, 2: 0, 3: 0 }, locks: { 1: 0, 2: 0, 3: 1 }, lockedUntil: null },
    });
    expect(guess(again.counter, EMAIL, EMAIL)).toMatchObject({
      locks: { 1: 1, 3: 1 },
      lockedUntil: NOW + 60 * MINUTE,
    });
    for (let lock = 0; lock < 12; lock += 1) counter = guess(counter, APP, APP, APP);
    expect(counter.lockedUntil).toBe(NOW + LONGEST_LOCK_SECONDS * 1000);
    expect(LONGEST_LOCK_SECONDS).toBe(86_400);
  });

  it('locks without another guess where the limit was lowered meanwhile', () => {
    const counter = guess(NO_GUESSES, APP, APP);
    const lowered = countGuess(counter, { rank: APP, limits: { ...limits, perUser: 2 }, now: NOW });
    expect(lowered.outcome).toBe('locked');
    expect(lowered.counter).toMatchObject({ failures: { 3: 2 }, lockedUntil: NOW + 30 * MINUTE });
  });
});

describe('a lock from a clock ahead', () => {
  const year = 365 * 24 * 60 * MINUTE;
  const ahead = { ...guess(NO_GUESSES, APP, APP, APP), lockedUntil: NOW + year };

  it('ends no later than one set now', () => {
    expect(endOf(ahead)).toBe(NOW + 30 * MINUTE);
    expect(endOf({ ...ahead, locks: { 1: 1, 2: 0, 3: 1 } })).toBe(NOW + 60 * MINUTE);
    expect(endOf({ ...ahead, locks: { 1: 9, 2: 9, 3: 9 } })).toBe(NOW + LONGEST_LOCK_SECONDS * 1000);
    expect(endOf({ ...ahead, locks: NO_GUESSES.locks })).toBe(NOW + 30 * MINUTE);
  });

  it('is none for whoever only looks, so that a guess can shorten it', () => {
    expect(knownLockEnd(ahead, limits, NOW)).toBeNull();
    const shortened = { ...ahead, lockedUntil: endOf(ahead) };
    expect(knownLockEnd(shortened, limits, NOW)).toBe(NOW + 30 * MINUTE);
  });
});

describe('a right answer', () => {
  it('ends the counts of factors that are no stronger, and no others', () => {
    const counter = guess(NO_GUESSES, EMAIL, APP);
    expect(settleGuesses(counter, right(EMAIL)).failures).toEqual({ 1: 0, 2: 0, 3: 1 });
    expect(settleGuesses(counter, right(PHONE)).failures).toEqual({ 1: 0, 2: 0, 3: 1 });
    expect(settleGuesses(counter, right(APP))).toEqual(NO_GUESSES);
  });

  it('keeps the locks of stronger factors, so that the next one is longer', () => {
    const counter = { ...NO_GUESSES, locks: { 1: 1, 2: 2, 3: 3 } };
    expect(settleGuesses(counter, right(PHONE)).locks).toEqual({ 1: 0, 2: 0, 3: 3 });
  });

  it('ends the lock that its own guess brought about, as if there had been none', () => {
    const locked = guess(NO_GUESSES, APP, APP, EMAIL);
    expect(settleGuesses(locked, right(EMAIL))).toEqual({
      failures: { 1: 0, 2: 0, 3: 2 },
      locks: { 1: 0, 2: 0, 3: 0 },
      lockedUntil: null,
    });
    const before = { ...NO_GUESSES, locks: { 1: 0, 2: 0, 3: 2 } };
    expect(settleGuesses(guess(before, APP, APP, EMAIL), right(EMAIL)).locks).toEqual(before.locks);
    expect(settleGuesses({ ...locked, locks: NO_GUESSES.locks }, right(EMAIL)).locks).toEqual(
      NO_GUESSES.locks,
    );
  });

  it('leaves a lock that rests on stronger factors alone', () => {
    const locked = guess(NO_GUESSES, APP, APP, APP);
    expect(settleGuesses(locked, right(PHONE))).toEqual(locked);
  });

  it('by a weaker channel takes its own guess back and no other', () => {
    const fellBack = { guessedRank: PHONE, provenRank: EMAIL } as const;
    const counter = guess(NO_GUESSES, PHONE, PHONE);
    expect(settleGuesses(counter, fellBack).failures).toEqual({ 1: 0, 2: 1, 3: 0 });
    expect(settleGuesses(NO_GUESSES, fellBack)).toEqual(NO_GUESSES);
    const locked = guess(NO_GUESSES, PHONE, PHONE, PHONE);
    expect(settleGuesses(locked, fellBack)).toEqual({
      failures: { 1: 0, 2: 2, 3: 0 },
      locks: NO_GUESSES.locks,
      lockedUntil: null,
    });
    expect([settleOwnGuesses(4, fellBack), settleOwnGuesses(0, fellBack)]).toEqual([3, 0]);
    expect(settleOwnGuesses(4, right(PHONE))).toBe(0);
    expect(settleOwnGuesses(4, { guessedRank: EMAIL, provenRank: PHONE })).toBe(0);
  });

  it('during a lock takes no guess back, since none was counted, and forgets no lock of a stronger factor', () => {
    const locked = guess(NO_GUESSES, EMAIL, APP, APP);
    const unlocked = settleGuesses(locked, { ...right(EMAIL), duringLock: true });
    expect(unlocked).toEqual({
      failures: { 1: 0, 2: 0, 3: 2 },
      locks: { 1: 0, 2: 0, 3: 1 },
      lockedUntil: null,
    });
    const fellBack = { guessedRank: APP, provenRank: PHONE, duringLock: true } as const;
    expect(settleGuesses(guess(NO_GUESSES, APP), fellBack).failures).toEqual({ 1: 0, 2: 0, 3: 1 });
  });

  it('can end a lock where some of the guesses were at factors that are no stronger', () => {
    const mixed = guess(NO_GUESSES, PHONE, APP, APP);
    expect([EMAIL, PHONE, APP].map((rank) => canEndLock(mixed, rank as FactorRank))).toEqual([
      false,
      true,
      true,
    ]);
    expect(canEndLock(NO_GUESSES, APP)).toBe(false);
  });
});
