import type { DocumentName, Owner } from '../../../src/index';
import type { Records } from '../../../src/records/records';

/** A document as a released version wrote it. Never change one: add those of the next format. */
interface Released {
  readonly name: DocumentName;
  readonly format: number;
  readonly owner: Owner;
  readonly body: { readonly format: number; readonly oldestWriter: number };
  readonly read: (records: Records) => Promise<unknown>;
  readonly expected: object;
  readonly change: (records: Records) => Promise<unknown>;
}

const user: Owner = { kind: 'user', id: 'ada' };
const organization: Owner = { kind: 'organization', id: 'acme' };
const envelope = { format: 1, oldestWriter: 1 };

export const RELEASED: readonly Released[] = [
  {
    name: 'member',
    format: 1,
    owner: user,
    body: Object.assign(
      {
        epoch: 'epoch',
        sessionsEndedAt: null,
        spentChannel: { channel: 'email:x', until: 5 },
        organizations: [
          {
            organization: 'acme',
            enabled: true,
            assignedKind: 'email',
            skipsUsed: 1,
            exemption: { reason: 'r', grantedBy: 'root', grantedAt: 1, until: 2 },
          },
        ],
        authenticators: [
          {
            id: 'app',
            kind: 'totp',
            label: 'Phone',
            createdAt: 1,
            lastUsedAt: 2,
            failures: 1,
            disabledAt: null,
            state: { lastAcceptedStep: 7 },
            sealedSecret: 'sealed',
            maskedDestination: null,
          },
        ],
        preferredId: 'app',
        guesses: {
          codes: { failures: { 1: 0, 2: 0, 3: 1 }, locks: { 1: 0, 2: 0, 3: 0 }, lockedUntil: null },
        },
        onFile: { email: { failures: 2, disabledAt: null, lastUsedAt: 3 } },
        recoveryCodes: { left: 9, issuedAt: 1 },
      },
      envelope,
    ),
    read: (records) => records.findMember('ada', 'acme'),
    expected: {
      epoch: 'epoch',
      settings: { enabled: true, assignedKind: 'email', skipsUsed: 1, exemption: { until: 2 } },
      authenticators: [{ id: 'app', kind: 'totp', failures: 1 }],
      askedFirst: 'app',
      recoveryCodesLeft: 9,
      guesses: { codes: { failures: { 3: 1 } } },
      onFile: { email: { failures: 2 } },
    },
    change: (records) => records.spendSkip('ada', 'acme', null),
  },
  {
    name: 'member',
    format: 1,
    owner: user,
    body: Object.assign({ epoch: null, authenticators: [] }, envelope),
    read: (records) => records.findMember('ada', 'acme'),
    expected: {
      epoch: null,
      settings: { enabled: false, assignedKind: null, skipsUsed: 0, exemption: null },
      authenticators: [],
      recoveryCodesLeft: 0,
    },
    change: (records) => records.establishUserEpoch('ada', 'epoch'),
  },
  {
    name: 'recovery-codes',
    format: 1,
    owner: user,
    body: Object.assign({ codes: [{ number: 1, codeHash: 'hash' }] }, envelope),
    read: (records) => records.findRecoveryCode('ada', 1),
    expected: { number: 1, codeHash: 'hash' },
    change: (records) => records.replaceRecoveryCodes('ada', [{ number: 2, codeHash: 'other' }], 1),
  },
  {
    name: 'browsers',
    format: 1,
    owner: user,
    body: Object.assign(
      {
        browsers: [
          {
            id: 'b',
            organizationId: 'acme',
            tokenHash: 'hash',
            previousTokenHash: null,
            branch: 'branch',
            confirmed: true,
            rotatedAt: 1,
            securityFingerprint: 'print',
            createdAt: 1,
            lastUsedAt: null,
            expiresAt: 9,
            userAgent: 'Firefox',
            address: '192.0.2.1',
          },
        ],
      },
      envelope,
    ),
    read: (records) => records.listBrowsers('ada', 5),
    expected: [{ id: 'b', userAgent: 'Firefox' }],
    change: (records) => records.forgetBrowser('ada', 'b'),
  },
  {
    name: 'policy',
    format: 1,
    owner: organization,
    body: Object.assign(
      {
        policy: {
          version: 3,
          enabled: true,
          enrollment: 'required',
          methods: ['totp'],
          enrollAtSignUp: false,
          backupPhone: false,
          graceUntil: null,
          skips: 3,
          rememberBrowserSeconds: 0,
          sessionDurationSeconds: 60,
          idleTimeoutSeconds: null,
          challengeFederated: false,
          smsFallback: true,
        },
        epoch: 'epoch',
        sessionsEndedAt: null,
      },
      envelope,
    ),
    read: (records) => records.findPolicy('acme'),
    expected: { epoch: 'epoch', policy: { version: 3, enrollment: 'required', methods: ['totp'] } },
    change: (records) => records.replaceOrganizationEpoch('acme', { epoch: 'next', endedAt: 1 }),
  },
  {
    name: 'policy',
    format: 1,
    owner: organization,
    body: Object.assign({ policy: null, epoch: 'epoch' }, envelope),
    read: (records) => records.findPolicy('acme'),
    expected: { epoch: 'epoch', policy: { version: 0, enabled: false } },
    change: (records) => records.replaceOrganizationEpoch('acme', { epoch: 'next', endedAt: 1 }),
  },
  {
    name: 'adoption',
    format: 1,
    owner: organization,
    body: Object.assign({ days: [{ day: '2026-11-22', members: 2, configured: 1 }] }, envelope),
    read: (records) => records.listDailyCounts('acme'),
    expected: [{ day: '2026-11-22', members: 2, configured: 1 }],
    change: (records) =>
      records.saveDailyCounts('acme', { day: '2026-11-23', members: 2, configured: 2 }, 30),
  },
  {
    name: 'jobs',
    format: 1,
    owner: organization,
    body: Object.assign(
      {
        jobs: [
          {
            kind: 'roster-walk',
            id: 'job',
            step: 0,
            cursor: null,
            done: 0,
            of: null,
            people: 0,
            devices: 0,
            startedAt: 1,
            startedBy: null,
            finishedAt: null,
          },
        ],
      },
      envelope,
    ),
    read: (records) => records.findJob('acme', 'roster-walk'),
    expected: { id: 'job', organizationId: 'acme', step: 0 },
    change: async (records) => {
      const job = await records.findJob('acme', 'roster-walk');
      return job === undefined ? undefined : records.advanceJob({ ...job, step: 1 });
    },
  },
];
