import type { Evidence, EvidenceMethod } from '../../../src/core/decision/assurance';
import type { FactorKind } from '../../../src/core/member/factor-kind';
import type { Policy } from '../../../src/core/policy/policy';
import { judgeAdministrator } from '../../../src/flows/admin/admin-authority';
import type { AuthSubject } from '../../../src/flows/context/context';
import { gatherFacts } from '../../../src/flows/context/gather-facts';
import { createFlowWorld, createRoster } from '../../support/admin-flows';

interface Current {
  readonly policy?: Partial<Policy>;
  readonly enrolled?: readonly FactorKind[];
  readonly proofs?: readonly (readonly [EvidenceMethod, number])[];
  readonly pending?: boolean;
  readonly exempt?: boolean;
  readonly federated?: boolean;
  /** Whether the administered organization has MFA on; by default it is the administrator's own. */
  readonly administered?: 'on' | 'off';
  readonly skipped?: boolean;
}

/** An administrator whose session began two hours ago; each proof is so many seconds old. */
async function judge(act: 'read' | 'change', phase: Current) {
  const { policy = {}, enrolled = [], proofs = [], pending = false, exempt = false } = phase;
  const ada = { id: 'ada', name: 'Ada', email: 'ada@acme.example', organizationId: 'acme' };
  const federated = phase.federated === true;
  const world = createFlowWorld({ roster: createRoster([{ ...ada, federated }]) });
  const { context, clock } = world;
  await world.savePolicy({ enabled: true, enrollment: 'assigned', ...policy });
  for (const kind of enrolled) await world.enroll('ada', { kind });
  const now = clock.now();
  const startedAt = now - 7_200_000;
  if (exempt) {
    const exemption = { reason: 'Leave', grantedBy: 'bob', grantedAt: now, until: now + 1000 };
    await context.records.saveExemption('ada', 'acme', exemption);
  }
  const epochs = {
    user: await context.records.establishUserEpoch('ada', 'u'),
    organization: await context.records.establishOrganizationEpoch('acme', 'o'),
  };
  const first: Evidence = { method: federated ? 'federated' : 'password', at: startedAt };
  const evidence = [
    first,
    ...proofs.map(([method, age]): Evidence => ({
      method,
      at: now - age * 1000,
      authenticatorId: `${method}-of-ada`,
    })),
  ];
  const common = {
    userId: 'ada',
    organizationId: 'acme',
    epochs,
    startedAt,
    challengeHint: null,
    ownerId: 'h',
  };
  await context.state.createPendingLogin({ ...common, id: 'h', evidence, expiresAt: now + 1000 });
  const session = {
    handle: 'h',
    organizationId: 'acme',
    startedAt,
    seenAt: now,
    expiresAt: now + 1e9,
    epochs,
  };
  await context.state.registerSession(
    'ada',
    { ...session, userAgent: '', address: '', methods: [] },
    { now },
  );
  const subject: AuthSubject = pending
    ? { ...common, phase: 'pending', expiresAt: now + 1000 }
    : { ...common, phase: 'session', evidence, seenAt: now, skipped: phase.skipped === true };
  const { actor } = world.act('ada');
  const gathered = await gatherFacts(context, actor, subject);
  const own = gathered.policy.policy;
  const isOn = phase.administered === undefined ? own.enabled : phase.administered === 'on';
  const administered = isOn ? { ...own, organizationId: 'globex', enabled: true } : null;
  const judged = judgeAdministrator({ subject, gathered, act, administered });
  return judged.outcome === 'may'
    ? `may, ${judged.hasFactor ? 'with' : 'without'} a factor`
    : `${judged.decision.outcome}: ${judged.decision.because}`;
}

const NO_FACTOR: readonly (readonly [string, Current])[] = [
  ['of an organization that asks assigned members only', {}],
  ['who must enroll', { policy: { enrollment: 'required' } }],
  ['who may put it off', { policy: { enrollment: 'optional' } }],
  ['who has put it off', { policy: { enrollment: 'optional' }, skipped: true }],
  ['who has put it off in a grace period', { policy: { enrollment: 'required', skips: 3 }, skipped: true }],
  ['who is exempt', { policy: { enrollment: 'required' }, exempt: true }],
  ['who is federated', { federated: true }],
  ['whose own organization has MFA off', { policy: { enabled: false }, administered: 'on' }],
  [
    'who is federated and whose own organization has MFA off',
    { federated: true, policy: { enabled: false }, administered: 'on' },
  ],
];

describe('an administrator without a factor, of an organization with MFA on', () => {
  it.each(NO_FACTOR)('%s is led to enrollment before reading', async (_, phase) => {
    expect(await judge('read', phase)).toBe('enroll: required');
  });

  it.each(NO_FACTOR)('%s is led to enrollment before a change', async (_, phase) => {
    expect(await judge('change', phase)).toBe('enroll: required');
  });

  it.each(NO_FACTOR)('%s changes nothing by giving the password again', async (_, phase) => {
    expect(await judge('change', { ...phase, proofs: [['password', 5]] })).toBe('enroll: required');
  });
});

const ENROLLED: readonly (readonly [string, Current])[] = [
  ['of the same organization', {}],
  ['who is exempt', { exempt: true }],
  ['who is federated', { federated: true }],
  ['whose own organization has MFA off', { policy: { enabled: false }, administered: 'on' }],
  [
    'whose factor is not allowed any more',
    { policy: { methods: ['email'], enabled: false }, administered: 'on' },
  ],
];

describe('an administrator with a factor, of an organization with MFA on', () => {
  it.each(ENROLLED)('%s reads nothing with the first factor alone', async (_, phase) => {
    expect(await judge('read', { ...phase, enrolled: ['totp'], proofs: [['password', 5]] })).toBe(
      'challenge: assurance-too-low',
    );
  });

  it.each(ENROLLED)('%s changes nothing with a proof of ten minutes ago', async (_, phase) => {
    const proven: Current = { ...phase, enrolled: ['totp'], proofs: [['totp', 600]] };
    expect(await judge('read', proven)).toBe('may, with a factor');
    expect(
      await judge('change', {
        ...proven,
        proofs: [
          ['totp', 600],
          ['password', 5],
        ],
      }),
    ).toBe('challenge: authentication-too-old');
  });

  it.each(ENROLLED)('%s changes with a fresh proof', async (_, phase) => {
    expect(await judge('change', { ...phase, enrolled: ['totp'], proofs: [['totp', 599]] })).toBe(
      'may, with a factor',
    );
  });
});

describe('who may look at what they administer', () => {
  it.each<readonly [string, Current, string]>([
    ['one with a proven factor', { enrolled: ['totp'], proofs: [['totp', 7000]] }, 'may, with a factor'],
    ['one with only the password', { enrolled: ['totp'] }, 'challenge: assurance-too-low'],
    [
      'a remembered browser',
      { enrolled: ['totp'], proofs: [['remembered-browser', 5]] },
      'challenge: authentication-too-old',
    ],
    [
      'a remembered browser of an exempt one',
      { enrolled: ['totp'], exempt: true, proofs: [['remembered-browser', 5]] },
      'challenge: authentication-too-old',
    ],
    [
      'an exempt one with only the password',
      { enrolled: ['totp'], exempt: true },
      'challenge: assurance-too-low',
    ],
    [
      'one whose weaker factor alone was proven',
      { enrolled: ['totp', 'email'], proofs: [['email', 5]] },
      'challenge: authentication-too-old',
    ],
    ['one whose login is not finished', { pending: true, enrolled: ['totp'] }, 'sign-in: no-session'],
    ['one where MFA is off', { policy: { enabled: false } }, 'may, without a factor'],
    ['one where MFA is off there and on at home', { administered: 'off' }, 'may, without a factor'],
    ['a federated one where MFA is off', { federated: true, administered: 'off' }, 'may, without a factor'],
    [
      'one with an unproven factor where MFA is off there and on at home',
      { administered: 'off', enrolled: ['totp'] },
      'challenge: assurance-too-low',
    ],
  ])('%s', async (_, phase, expected) => {
    expect(await judge('read', phase)).toBe(expected);
  });
});

describe('who may change what they administer', () => {
  it.each<readonly [string, Current, string]>([
    ['a fresh proof', { enrolled: ['totp'], proofs: [['totp', 599]] }, 'may, with a factor'],
    [
      'a proof of ten minutes ago',
      { enrolled: ['totp'], proofs: [['totp', 600]] },
      'challenge: authentication-too-old',
    ],
    [
      'a fresh proof of the weaker factor',
      {
        enrolled: ['totp', 'email'],
        proofs: [
          ['totp', 900],
          ['email', 5],
        ],
      },
      'challenge: authentication-too-old',
    ],
    ['a recovery code', { enrolled: ['totp'], proofs: [['recovery-code', 5]] }, 'may, with a factor'],
    [
      'a remembered browser and a fresh password',
      {
        enrolled: ['totp'],
        proofs: [
          ['remembered-browser', 5],
          ['password', 5],
        ],
      },
      'challenge: authentication-too-old',
    ],
    [
      'MFA off there and on at home, no factor, the password given again',
      { administered: 'off', proofs: [['password', 5]] },
      'may, without a factor',
    ],
    [
      'MFA off there and on at home, a factor, the password given again',
      { administered: 'off', enrolled: ['totp'], proofs: [['password', 5]] },
      'challenge: assurance-too-low',
    ],
    [
      'MFA off, given again too long ago',
      { policy: { enabled: false }, proofs: [['password', 600]] },
      'challenge: authentication-too-old',
    ],
    [
      'MFA off, the password of the sign-in',
      { policy: { enabled: false } },
      'challenge: authentication-too-old',
    ],
    [
      'MFA off, the password given again',
      { policy: { enabled: false }, proofs: [['password', 5]] },
      'may, without a factor',
    ],
  ])('%s', async (_, phase, expected) => {
    expect(await judge('change', phase)).toBe(expected);
  });
});
