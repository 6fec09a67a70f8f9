import { randomBytes } from 'node:crypto';
import type { Authenticator } from '../../../src/core/member/authenticator';
import { hashSecuritySetup, type SecuritySetup } from '../../../src/core/member/remembered-browser';
import { createKeyRing } from '../../../src/core/proof/key-ring';
import { FACTOR_TRAITS } from '../../../src/factors/find-factor';

const keyRing = createKeyRing([randomBytes(32).toString('base64')]);

const app: Authenticator = {
  id: 'app',
  kind: 'totp',
  label: 'Phone',
  createdAt: 1,
  lastUsedAt: null,
  failures: 0,
  disabledAt: null,
  state: {},
  sealedSecret: 'sealed',
  maskedDestination: null,
};
const before: SecuritySetup = {
  factors: FACTOR_TRAITS,
  userId: 'ada',
  userEpoch: 'u1',
  organizationEpoch: 'o1',
  authenticators: [app],
  settings: { enabled: false, assignedKind: null },
  onFile: { email: 'ada@acme.example', phone: '+442079460018' },
};
const assigned = (assignedKind: 'email' | 'sms' | 'totp'): SecuritySetup => ({
  ...before,
  settings: { enabled: true, assignedKind },
});
const otherEmail = { email: 'eve@acme.example', phone: '+442079460018' };
const otherPhone = { email: 'ada@acme.example', phone: '+442079460099' };

const isSame = (a: SecuritySetup, b: SecuritySetup) =>
  hashSecuritySetup(keyRing, a) === hashSecuritySetup(keyRing, b);

describe('the set of factors that trust in a browser rests on', () => {
  it.each<[string, SecuritySetup, SecuritySetup]>([
    ['an authenticator was disabled', before, { ...before, authenticators: [{ ...app, disabledAt: 5 }] }],
    ['one took the place of another', before, { ...before, authenticators: [{ ...app, id: 'new' }] }],
    [
      'the member was switched on',
      { ...before, settings: { enabled: false, assignedKind: 'email' } },
      assigned('email'),
    ],
    ['the app was assigned', before, assigned('totp')],
    ['another kind was assigned', assigned('email'), assigned('sms')],
    ['the assigned mailbox is another', assigned('email'), { ...assigned('email'), onFile: otherEmail }],
    ['the assigned phone is another', assigned('sms'), { ...assigned('sms'), onFile: otherPhone }],
    ['the sessions of the person ended', before, { ...before, userEpoch: null }],
    ['the sessions of the organization ended', before, { ...before, organizationEpoch: null }],
  ])('is another one where %s', (_name, was, is) => {
    expect(isSame(was, is)).toBe(false);
  });

  it.each<[string, SecuritySetup, SecuritySetup]>([
    ['an address that nobody assigned', before, { ...before, onFile: otherEmail }],
    ['a phone that nobody assigned', before, { ...before, onFile: otherPhone }],
    ['the phone where the app is assigned', assigned('totp'), { ...assigned('totp'), onFile: otherPhone }],
    [
      'a phone where the mailbox is assigned',
      assigned('email'),
      { ...assigned('email'), onFile: otherPhone },
    ],
    ['a mailbox where the phone is assigned', assigned('sms'), { ...assigned('sms'), onFile: otherEmail }],
    ['the mailbox where the app is assigned', assigned('totp'), { ...assigned('totp'), onFile: otherEmail }],
  ])('is the same after a change of %s', (_name, was, is) => {
    expect(isSame(was, is)).toBe(true);
  });

  it('is stored alike in every release, or an update would forget every browser', () => {
    const ring = createKeyRing(['5Zr0c1nDkq2PZt8w3mVQbHs7YxJfLg4uRaEiTo9BvNk=']);
    const bare = { ...before, userEpoch: null, organizationEpoch: null };
    const two = { ...assigned('sms'), authenticators: [{ ...app, id: 'b', disabledAt: 5 }, app] };
    expect(hashSecuritySetup(ring, bare)).toBe('QeMnDOuD.YEZc-LHzDvyDHGodMZ_cGg8i6p3fqvg3v5nK8qgxjyM');
    expect(hashSecuritySetup(ring, two)).toBe('QeMnDOuD.IDOoCMZ-yGf_P23v6GMaxZGFotZiD8_6WIlw72GZ7OI');
  });

  it('does not depend on the order of the authenticators', () => {
    const more = ['b', 'a', 'd', 'c'].map((id) => ({ ...app, id }));
    const was = { ...before, authenticators: more };
    for (const order of [more.toReversed(), more.toSorted((a, b) => a.id.localeCompare(b.id))]) {
      expect(isSame(was, { ...before, authenticators: order })).toBe(true);
    }
  });
});
