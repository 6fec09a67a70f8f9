import { randomBytes } from 'node:crypto';
import {
  LONGEST_REMEMBERED_SECONDS,
  hashSecuritySetup,
  isBrowserOver,
  isBrowserTrusted,
  type SecuritySetup,
  type RememberedBrowser,
} from '../../../src/core/member/remembered-browser';
import { createKeyRing } from '../../../src/core/proof/key-ring';
import { FACTOR_TRAITS } from '../../../src/factors/find-factor';

const key = randomBytes(32).toString('base64');
const keyRing = createKeyRing([key]);
const NOW = 1_800_000_000_000;

const app = {
  id: 'app',
  kind: 'totp',
  label: 'Phone',
  createdAt: NOW,
  lastUsedAt: null,
  failures: 0,
  disabledAt: null,
  state: {},
  sealedSecret: 'sealed',
  maskedDestination: null,
} as const;

const factors: SecuritySetup = {
  factors: FACTOR_TRAITS,
  userId: 'ada',
  userEpoch: 'u1',
  organizationEpoch: 'o1',
  authenticators: [app, { ...app, id: 'phone', kind: 'sms' }],
  settings: { enabled: true, assignedKind: 'email' },
  onFile: { email: 'ada@acme.example', phone: undefined },
};

const browser: RememberedBrowser = {
  id: 'browser',
  organizationId: 'acme',
  tokenHash: 'hash',
  previousTokenHash: null,
  branch: '',
  confirmed: false,
  rotatedAt: NOW,
  securityFingerprint: hashSecuritySetup(keyRing, factors),
  createdAt: NOW,
  lastUsedAt: null,
  expiresAt: NOW + 3_600_000,
  userAgent: '',
  address: '',
};

const policy = { organizationId: 'acme', rememberBrowserSeconds: 3600, strength: 'any' } as const;
const trusted = (change: Partial<Parameters<typeof isBrowserTrusted>[1]> = {}) =>
  isBrowserTrusted(keyRing, { browser, factors, policy, now: NOW, ...change });

describe('trust in a remembered browser', () => {
  it('holds under the same factors, whatever their order, labels and use', () => {
    expect(trusted()).toBe(true);
    const authenticators = factors.authenticators
      .map((each) => ({
        ...each,
        label: 'Other',
        lastUsedAt: NOW,
        failures: 3,
        state: { lastAcceptedStep: 9 },
      }))
      .toReversed();
    expect(trusted({ factors: { ...factors, authenticators } })).toBe(true);
  });

  it('holds when keys rotate and ends when the key leaves the ring', () => {
    const other = randomBytes(32).toString('base64');
    const judged = { browser, factors, policy, now: NOW };
    expect(isBrowserTrusted(createKeyRing([other, key]), judged)).toBe(true);
    expect(isBrowserTrusted(createKeyRing([other]), judged)).toBe(false);
  });

  it.each<[string, Partial<SecuritySetup>]>([
    ['an authenticator is gone', { authenticators: [app] }],
    [
      'an authenticator is disabled',
      { authenticators: factors.authenticators.map((each) => ({ ...each, disabledAt: NOW })) },
    ],
    ['the user’s epoch is new', { userEpoch: 'u2' }],
    ['the user’s epoch is lost', { userEpoch: null }],
    ['the organization’s epoch is new', { organizationEpoch: 'o2' }],
    ['another kind is assigned', { settings: { enabled: true, assignedKind: 'sms' } }],
    ['no kind is asked any more', { settings: { enabled: false, assignedKind: 'email' } }],
    ['the assigned address is another', { onFile: { email: 'ada@other.example', phone: undefined } }],
    ['it is another user', { userId: 'mary' }],
  ])('ends when %s', (_when, change) => {
    expect(trusted({ factors: { ...factors, ...change } })).toBe(false);
  });

  it('ends at its end, at the end of a shortened policy, and in another organization', () => {
    expect(trusted({ now: NOW + 3_599_999 })).toBe(true);
    expect(trusted({ now: NOW + 3_600_000 })).toBe(false);
    expect(trusted({ policy: { ...policy, rememberBrowserSeconds: 60 }, now: NOW + 60_000 })).toBe(false);
    expect(trusted({ policy: { ...policy, rememberBrowserSeconds: 90_000 }, now: NOW + 3_600_000 })).toBe(
      false,
    );
    expect(trusted({ policy: { ...policy, organizationId: 'globex' } })).toBe(false);
  });

  it('ends where only phishing-resistant methods count', () => {
    expect(trusted({ policy: { ...policy, strength: 'phishing-resistant' } })).toBe(false);
  });

  it('is none for a browser that was remembered in the future', () => {
    expect(trusted({ now: NOW - 30_000 })).toBe(true);
    expect(trusted({ now: NOW - 30_001 })).toBe(false);
  });

  it('ends in any case after ninety days, also where a clock ahead has written another end', () => {
    expect(LONGEST_REMEMBERED_SECONDS).toBe(90 * 86_400);
    const longest = LONGEST_REMEMBERED_SECONDS * 1000;
    expect(isBrowserOver({ expiresAt: NOW + longest }, NOW)).toBe(false);
    expect(isBrowserOver({ expiresAt: NOW }, NOW)).toBe(true);
    expect(isBrowserOver({ expiresAt: NOW + longest + 30_001 }, NOW)).toBe(true);
  });
});
