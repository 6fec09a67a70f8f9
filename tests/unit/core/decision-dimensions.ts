import {
  authenticator,
  exemptionUntil,
  fellBack,
  HOUR,
  NOW,
  page,
  proof,
  SECOND,
  session,
  stepUp,
  stepUpByKey,
} from './decision-facts';

const past = NOW - HOUR;
const future = NOW + HOUR;
const stale = 3600;
/** By the clock of a process that is a day ahead. */
const ahead = 86_400;

const phase = (value: 'ended' | 'expired') => ({
  ...session(proof('password'), proof('totp')),
  phase: value,
});

/** Every fact by its values. The first `main` of them are those that between them bring out every rule. */
export const DIMENSIONS = {
  session: {
    main: 5,
    values: [
      session(proof('password')),
      session(proof('password'), proof('totp')),
      session(proof('password', stale), proof('totp', stale)),
      session(proof('password'), proof('remembered-browser')),
      session(proof('federated')),
      null,
      phase('ended'),
      phase('expired'),
      session(),
      session(proof('host')),
      session(proof('password', stale)),
      session(proof('password', 10)),
      session(proof('totp')),
      session(proof('remembered-browser')),
      session(proof('password'), proof('email')),
      session(proof('password', stale), proof('sms')),
      session(proof('password', stale), proof('recovery-code')),
      session(proof('host', stale), proof('totp')),
      session(proof('federated', stale), proof('email', stale)),
      session(proof('password', stale), proof('totp', stale), proof('email')),
      session(proof('host'), { ...proof('email'), authenticatorId: 'email-1' }),
      session(proof('host'), { ...proof('email'), authenticatorId: 'on-file-email' }),
      session(proof('password'), fellBack('sms-1')),
      session(proof('password', -ahead), proof('totp', -ahead)),
      session(proof('password', stale), proof('totp', -ahead), {
        ...proof('totp'),
        authenticatorId: 'totp-2',
      }),
      session(proof('host'), fellBack('on-file-sms')),
      session({ ...proof('federated'), seen: true }),
      session({ ...proof('host'), seen: true }),
      session({ ...proof('host', stale), seen: true }),
      session(proof('federated'), proof('upstream')),
      session(proof('upstream')),
      session(
        proof('password', stale),
        { ...proof('sms', stale), authenticatorId: 'sms-1' },
        fellBack('sms-1'),
      ),
      session(proof('password'), proof('key')),
      session(proof('password', stale), proof('key', stale), proof('totp')),
    ],
  },
  skipped: { main: 2, values: [false, true] },
  switches: {
    main: 2,
    values: [
      { featureAvailable: true, enabled: true, version: 1 },
      { featureAvailable: true, enabled: false, version: 1 },
      { featureAvailable: false, enabled: true, version: 1 },
      { featureAvailable: true, enabled: false, version: 0 },
      { featureAvailable: true, enabled: true, version: 0 },
      { featureAvailable: false, enabled: false, version: 0 },
    ],
  },
  enrollment: { main: 3, values: ['optional', 'required', 'assigned'] },
  methods: {
    main: 3,
    values: [
      ['totp', 'sms', 'email'],
      ['totp'],
      ['email'],
      ['sms'],
      ['totp', 'email'],
      ['totp', 'sms'],
      ['sms', 'email'],
      [],
      ['key', 'totp', 'email'],
      ['key'],
    ],
  },
  grace: {
    main: 2,
    values: [
      { graceUntil: null, skips: null, skipsUsed: 0 },
      { graceUntil: future, skips: 3, skipsUsed: 1 },
      { graceUntil: past, skips: null, skipsUsed: 0 },
      { graceUntil: NOW, skips: null, skipsUsed: 0 },
      { graceUntil: null, skips: 3, skipsUsed: 2 },
      { graceUntil: null, skips: 3, skipsUsed: 3 },
      { graceUntil: future, skips: 3, skipsUsed: 4 },
      { graceUntil: past, skips: 3, skipsUsed: 0 },
    ],
  },
  member: {
    main: 3,
    values: [
      { enabled: false, assignedKind: null },
      { enabled: true, assignedKind: 'totp' },
      { enabled: true, assignedKind: 'email' },
      { enabled: true, assignedKind: null },
      { enabled: true, assignedKind: 'sms' },
      { enabled: false, assignedKind: 'email' },
    ],
  },
  exemption: {
    main: 2,
    values: [
      null,
      exemptionUntil(future),
      exemptionUntil(past),
      exemptionUntil(NOW),
      { ...exemptionUntil(NOW + 30 * 24 * HOUR), grantedAt: NOW + ahead * SECOND },
      exemptionUntil(NOW + 20 * 366 * 24 * HOUR),
    ],
  },
  federation: {
    main: 2,
    values: [
      { federated: false, challengeFederated: false },
      { federated: true, challengeFederated: false },
      { federated: true, challengeFederated: true },
    ],
  },
  hasPassword: { main: 2, values: [true, false] },
  authenticators: {
    main: 4,
    values: [
      [],
      [authenticator('totp')],
      [authenticator('email')],
      [authenticator('totp', { usable: false })],
      [authenticator('sms')],
      [authenticator('totp'), authenticator('sms')],
      [authenticator('totp', { usable: false }), authenticator('email')],
      [authenticator('email', { usable: false }), authenticator('sms', { usable: false })],
      [authenticator('totp'), authenticator('totp', { id: 'totp-2' }), authenticator('email')],
      [authenticator('key')],
      [authenticator('key'), authenticator('totp')],
      [authenticator('key', { usable: false }), authenticator('totp')],
    ],
  },
  recoveryCodesLeft: { main: 1, values: [0, 1] },
  onFile: {
    main: 2,
    values: [
      { email: false, phone: false },
      { email: true, phone: true },
      { email: true, phone: false },
      { email: false, phone: true },
    ],
  },
  availableKinds: {
    main: 1,
    values: [
      ['totp', 'sms', 'email'],
      ['totp'],
      ['totp', 'email'],
      ['totp', 'sms'],
      ['key', 'totp', 'sms', 'email'],
    ],
  },
  enrolledBefore: { main: 2, values: [false, true] },
  locks: {
    main: 2,
    values: [
      { codesLockedUntil: null, recoveryCodesLockedUntil: null },
      { codesLockedUntil: future, recoveryCodesLockedUntil: null },
      { codesLockedUntil: null, recoveryCodesLockedUntil: future },
      { codesLockedUntil: future + HOUR, recoveryCodesLockedUntil: future },
      { codesLockedUntil: NOW, recoveryCodesLockedUntil: past },
    ],
  },
  requirement: {
    main: 2,
    values: [
      page,
      stepUp,
      { ...stepUp, passwordSince: NOW - 30 * SECOND },
      { ...stepUp, passwordSince: NOW - 30 * SECOND, signInCounts: true },
      stepUpByKey,
    ],
  },
  spentChannels: { main: 1, values: [[], ['email-1'], ['on-file-email'], ['email-1', 'on-file-email']] },
  onFileProven: { main: 1, values: [false, true] },
  onFileDisabled: { main: 1, values: [[], ['email'], ['sms'], ['email', 'sms']] },
  strength: { main: 1, values: ['any', 'phishing-resistant'] },
} as const;
