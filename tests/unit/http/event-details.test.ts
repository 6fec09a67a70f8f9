import { ENGLISH } from '../../../src/factors/factor-words';
import { detailWords } from '../../../src/http/admin/event-words';

describe('the details of an event', () => {
  it.each([
    [
      'proof-rejected',
      { because: 'wrong-code', purpose: 'login', kind: 'totp' },
      'at sign-in · authenticator app',
    ],
    [
      'proof-rejected',
      { because: 'code-used', purpose: 'step-up', kind: 'sms' },
      'the code was used before · to confirm a change · text message',
    ],
    [
      'proofs-locked',
      { kind: 'totp', lockedUntil: Date.UTC(2026, 10, 22, 9, 42) },
      'authenticator app · until 22 Nov 2026, 09:42 UTC',
    ],
    ['signed-in', { because: 'satisfied' }, ''],
    [
      'signed-in',
      { because: 'policy-off', firstLogin: true },
      'multi-factor authentication is off · the first time',
    ],
    ['password-accepted', { next: 'challenge', firstLogin: false }, 'a second factor is asked'],
    ['policy-changed', { version: 3, fields: 'enrollment graceUntil' }, 'who must use it and grace until'],
    ['member-changed', { enabled: true, assignedKind: 'sms' }, 'enabled · text message assigned'],
    ['member-changed', { enabled: false, assignedKind: 'none' }, 'disabled · no method assigned'],
    ['recovery-codes-issued', { count: 10 }, '10 codes'],
    ['browser-forgotten', { because: 'by-owner', count: 1 }, '1 browser'],
    ['recovery-code-used', { left: 1 }, '1 is left'],
    ['browser-remembered', { seconds: 30 * 86_400 }, 'for 30 days'],
    ['devices-forgotten', { people: 1, devices: 2 }, '1 member · 2 devices and addresses'],
    ['member-reset', { reason: 'Lost phone', removed: 2 }, '“Lost phone” · 2 methods removed'],
    ['authenticator-renamed', { authenticatorId: 'x' }, ''],
  ])('of %s read as words', (name, details, expected) => {
    expect(detailWords(ENGLISH, name, details)).toBe(expected);
  });

  it('that nobody has words for are shown as they stand', () => {
    expect(detailWords(ENGLISH, 'notice-failed', { because: 'not-heard-of', somethingNew: 'a-b' })).toBe(
      'not heard of · something new: a b',
    );
  });

  it('that are not what their name promises are shown all the same', () => {
    expect(
      detailWords(ENGLISH, 'proofs-locked', { until: Number.MAX_VALUE, kind: true, count: 'many' }),
    ).toBe('true · many');
  });
});
