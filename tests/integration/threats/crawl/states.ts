import type { Reach } from './doors';
import * as entrances from './entrances';
import type { Enter } from './entrances';

/** A way to stand before the app, and everything that may be reached from there. */
export interface State {
  readonly name: string;
  readonly enter: Enter;
  /** What `GET /mfa/state` says. */
  readonly stands: {
    readonly signedIn: boolean;
    readonly pending: boolean;
    readonly decision: string;
    /** What `GET /` says of the session, where it is let in. */
    readonly assurance: 'none' | 'single-factor' | 'multi-factor';
  };
  readonly reach: Reach;
}

const NO_SESSION = '401 sign-in no-session';
const TOO_LOW = '401 challenge assurance-too-low';
const TOO_OLD = '401 challenge authentication-too-old';
const ENROLL = '403 enroll required';
const OFFERED = '403 enroll offered';
const LOCKED = '403 deny locked';
const ENDED = '401 sign-in session-ended';
const NOT_LED_THERE = '401 rejected session-ended';
/** It asks for the proof before the form is filled in. */
const DISABLE_PAGE = 'GET /admin/mfa/:organizationId/disable as html';
const NOT_THERE = '404 rejected not-found';

/** Whoever comes by, and in every state. */
const EVERYBODY = {
  open: 'reach',
  'password-api': '401 rejected wrong-credentials',
  skip: '403 rejected cannot-skip',
} as const;

/** Half a login is nobody to the app. */
const HALF_A_LOGIN = {
  ...EVERYBODY,
  unlock: '404 rejected unlock-link-over',
  portal: NO_SESSION,
  payouts: NO_SESSION,
} as const;

/** A session that the policy lets go on. What asks for more than that is refused. */
const A_SESSION = {
  ...EVERYBODY,
  unlock: '404 rejected unlock-link-over',
  challenge: 'lead-on',
  'step-up': 'reach',
  'recovery-codes': 'reach',
  confirm: NOT_LED_THERE,
  own: 'reach',
  portal: 'reach',
  else: TOO_OLD,
} as const;

/** Putting it off helps members, not administrators. */
const ADMINISTRATORS_ENROLL = { organizations: ENROLL, admin: ENROLL, 'admin-change': ENROLL } as const;

export const HALF_LOGINS: readonly State[] = [
  {
    name: 'a stranger',
    enter: entrances.asStranger,
    stands: { signedIn: false, pending: false, decision: 'sign-in no-session', assurance: 'none' },
    reach: { ...EVERYBODY, skip: NO_SESSION, else: NO_SESSION },
  },
  {
    name: 'a login before its second factor',
    enter: entrances.beforeTheSecondFactor,
    stands: { signedIn: false, pending: true, decision: 'challenge assurance-too-low', assurance: 'none' },
    reach: { ...HALF_A_LOGIN, challenge: 'reach', confirm: NOT_LED_THERE, else: TOO_LOW },
  },
  {
    name: 'a login before its enrollment',
    enter: entrances.beforeEnrollment,
    stands: { signedIn: false, pending: true, decision: 'enroll required', assurance: 'none' },
    reach: {
      ...HALF_A_LOGIN,
      challenge: 'lead-on',
      offer: 'reach',
      enroll: 'reach',
      confirm: 'reach',
      'recovery-codes': 'reach',
      else: ENROLL,
    },
  },
  {
    name: 'a login whose owner was locked out meanwhile',
    enter: entrances.lockedInALogin,
    stands: { signedIn: false, pending: true, decision: 'deny locked', assurance: 'none' },
    reach: {
      ...HALF_A_LOGIN,
      named: { 'POST /mfa/login': '403 rejected locked', 'POST /mfa/challenge': '429 rejected locked' },
      confirm: NOT_LED_THERE,
      else: LOCKED,
    },
  },
  {
    name: 'a session that was ended',
    enter: entrances.afterTheSessionEnded,
    stands: { signedIn: false, pending: false, decision: 'sign-in session-ended', assurance: 'none' },
    reach: { ...EVERYBODY, confirm: NOT_LED_THERE, else: ENDED },
  },
];

export const SESSIONS: readonly State[] = [
  {
    name: 'a member in grace, before the offer is answered',
    enter: entrances.inGrace,
    stands: { signedIn: true, pending: false, decision: 'enroll offered', assurance: 'none' },
    reach: {
      ...A_SESSION,
      offer: 'reach',
      skip: 'reach',
      portal: OFFERED,
      payouts: OFFERED,
      ...ADMINISTRATORS_ENROLL,
    },
  },
  {
    name: 'a member who put enrollment off',
    enter: entrances.afterASkip,
    stands: { signedIn: true, pending: false, decision: 'allow skipped', assurance: 'single-factor' },
    reach: { ...A_SESSION, offer: 'reach', ...ADMINISTRATORS_ENROLL },
  },
  {
    name: 'an exempt member with a factor',
    enter: entrances.asExempt,
    stands: { signedIn: true, pending: false, decision: 'allow exempt', assurance: 'single-factor' },
    reach: A_SESSION,
  },
  {
    name: 'a remembered browser',
    enter: entrances.inARememberedBrowser,
    stands: { signedIn: true, pending: false, decision: 'allow satisfied', assurance: 'single-factor' },
    reach: A_SESSION,
  },
  {
    name: 'a session whose proof is stale',
    enter: entrances.withAStaleProof,
    stands: { signedIn: true, pending: false, decision: 'allow satisfied', assurance: 'multi-factor' },
    reach: { ...A_SESSION, organizations: 'reach', admin: 'reach', named: { [DISABLE_PAGE]: TOO_OLD } },
  },
  {
    name: 'a session with a stale proof whose owner is locked out',
    enter: entrances.lockedInASession,
    stands: { signedIn: true, pending: false, decision: 'allow satisfied', assurance: 'multi-factor' },
    reach: {
      ...A_SESSION,
      'step-up': LOCKED,
      organizations: 'reach',
      admin: 'reach',
      named: { [DISABLE_PAGE]: LOCKED, 'POST /mfa/login': '403 rejected locked' },
      else: LOCKED,
    },
  },
  {
    name: 'a federated member without a factor',
    enter: entrances.asFederated,
    stands: { signedIn: true, pending: false, decision: 'allow federated', assurance: 'single-factor' },
    reach: {
      ...A_SESSION,
      'step-up': ENROLL,
      offer: 'reach',
      enroll: 'reach',
      confirm: 'reach',
      change: 'reach',
      payouts: ENROLL,
      organizations: '403 rejected not-an-administrator',
      admin: NOT_THERE,
      'admin-change': NOT_THERE,
    },
  },
  {
    name: 'a fresh proof',
    enter: entrances.withAFreshProof,
    stands: { signedIn: true, pending: false, decision: 'allow satisfied', assurance: 'multi-factor' },
    reach: { ...A_SESSION, confirm: 'reach', else: 'reach' },
  },
];
