import {
  areEpochsCurrent,
  areSameEnds,
  isEndedBy,
  isPasswordChangedSince,
  isSeenAtStale,
  isSessionExpired,
  sessionExpiresAt,
} from '../../../src/core/decision/session-lifetime';
import { NOW, SECOND } from './decision-facts';

const absolute = { sessionDurationSeconds: 3600, idleTimeoutSeconds: null };
const idle = { sessionDurationSeconds: 3600, idleTimeoutSeconds: 600 };
const END = NOW + 3600 * SECOND;

describe('the end of a session', () => {
  it('is counted from the login, and activity never moves it', () => {
    expect(sessionExpiresAt({ startedAt: NOW }, absolute)).toBe(END);
    expect(isSessionExpired({ startedAt: NOW, seenAt: END - 1 }, absolute, END - 1)).toBe(false);
    expect(isSessionExpired({ startedAt: NOW, seenAt: END }, absolute, END)).toBe(true);
  });

  it('comes after the idle time since it was last seen', () => {
    const seenAt = NOW + 60 * SECOND;
    expect(isSessionExpired({ startedAt: NOW, seenAt }, idle, seenAt + 600 * SECOND - 1)).toBe(false);
    expect(isSessionExpired({ startedAt: NOW, seenAt }, idle, seenAt + 600 * SECOND)).toBe(true);
  });

  it('comes at its time however busy it is', () => {
    expect(isSessionExpired({ startedAt: NOW, seenAt: END }, idle, END)).toBe(true);
  });

  it('follows a policy that is shortened in the meantime', () => {
    const session = { startedAt: NOW, seenAt: NOW + 60 * SECOND };
    expect(isSessionExpired(session, absolute, NOW + 61 * SECOND)).toBe(false);
    expect(isSessionExpired(session, { ...absolute, sessionDurationSeconds: 60 }, NOW + 61 * SECOND)).toBe(
      true,
    );
  });
});

describe('isSeenAtStale', () => {
  const staleAfter = (idleTimeoutSeconds: number | null, seconds: number) =>
    isSeenAtStale({ startedAt: NOW, seenAt: NOW }, { ...idle, idleTimeoutSeconds }, NOW + seconds * SECOND);

  it.each([
    [600, 60],
    [7200, 60],
    [100, 10],
    [null, 300],
  ])('with an idle time of %p writes again after %d s', (idleTimeoutSeconds, seconds) => {
    expect(staleAfter(idleTimeoutSeconds, seconds - 0.001)).toBe(false);
    expect(staleAfter(idleTimeoutSeconds, seconds)).toBe(true);
  });

  it('never keeps an idle session beyond its end', () => {
    // What is written may be older than the last request, never newer.
    for (const idleTimeoutSeconds of [1, 10, 100, 600, 7200]) {
      const granularity = Math.min(60, idleTimeoutSeconds / 10);
      expect(staleAfter(idleTimeoutSeconds, granularity)).toBe(true);
      expect(granularity).toBeLessThan(idleTimeoutSeconds);
    }
  });
});

describe('areEpochsCurrent', () => {
  const carried = { user: 'u1', organization: 'o1' };

  it('holds while both are what the session was given', () => {
    expect(areEpochsCurrent(carried, { user: 'u1', organization: 'o1' })).toBe(true);
  });

  it.each([
    ['the user has a new one', { user: 'u2', organization: 'o1' }],
    ['the organization has a new one', { user: 'u1', organization: 'o2' }],
    ['that of the user was lost', { user: null, organization: 'o1' }],
    ['that of the organization was lost', { user: 'u1', organization: null }],
    ['the two are exchanged', { user: 'o1', organization: 'u1' }],
  ])('does not hold when %s', (_what, current) => {
    expect(areEpochsCurrent(carried, current)).toBe(false);
  });
});

describe('an end that was recorded', () => {
  const never = { epoch: 'e', sessionsEndedAt: null };
  const once = { epoch: 'e', sessionsEndedAt: NOW };

  it('ends what began before it, at the same instant, or nobody knows when', () => {
    expect([NOW - 1, NOW, NOW + 1, null].map((startedAt) => isEndedBy(once, startedAt))).toEqual([
      true,
      true,
      false,
      true,
    ]);
    expect([NOW - 1, null].map((startedAt) => isEndedBy(never, startedAt))).toEqual([false, false]);
  });

  it('is the last one where neither it nor the epoch is another', () => {
    expect(areSameEnds(once, once)).toBe(true);
    expect(areSameEnds(never, once)).toBe(false);
    expect(areSameEnds(once, { ...once, epoch: 'f' })).toBe(false);
    expect(areSameEnds(once, { ...once, epoch: null })).toBe(false);
    expect(areSameEnds({ ...once, epoch: null }, once)).toBe(true);
    expect(areSameEnds({ ...never, epoch: null }, once)).toBe(false);
  });
});

it('knows a password that was changed since an instant, unless a clock ahead has dated the change', () => {
  const changed = { passwordChangedAt: NOW };
  expect([NOW - 1, NOW, NOW + 1].map((since) => isPasswordChangedSince(changed, since, NOW))).toEqual([
    true,
    false,
    false,
  ]);
  expect(isPasswordChangedSince(changed, NOW - 2, NOW - 1)).toBe(false);
  expect(isPasswordChangedSince({}, NOW - 1, NOW)).toBe(false);
});
