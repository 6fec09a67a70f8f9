import type { Evidence, EvidenceMethod } from '../../../src/core/assurance';
import type { EnrollableKind } from '../../../src/core/factor-kind';
import type { Policy } from '../../../src/core/policy';
import { judgeAdministrator } from '../../../src/flows/admin/admin-authority';
import type { Bearer } from '../../../src/flows/bearer';
import { gatherFacts } from '../../../src/flows/gather-facts';
import { createFlowWorld, createRoster } from '../../support/admin-flows';

interface Standing {
  readonly policy?: Partial<Policy>;
  readonly enrolled?: readonly EnrollableKind[];
  readonly proofs?: readonly (readonly [EvidenceMethod, number])[];
  readonly pending?: boolean;
  readonly exempt?: boolean;
  readonly federated?: boolean;
}

/** An administrator whose session began two hours ago; each proof is so many seconds old. */
async function judge(act: 'read' | 'change', standing: Standing) {
  const { policy = {}, enrolled = [], proofs = [], pending = false, exempt = false } = standing;
  const ada = { id: 'ada', name: 'Ada', email: 'ada@acme.example', organizationId: 'acme' };
  const federated = standing.federated === true;
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
  const common = { userId: 'ada', organizationId: 'acme', epochs, startedAt, asked: null, ownerId: 'h' };
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
  const bearer: Bearer = pending
    ? { ...common, standing: 'pending', expiresAt: now + 1000 }
    : { ...common, standing: 'session', evidence, seenAt: now, skipped: false };
  const { actor } = world.act('ada');
  const gathered = await gatherFacts(context, actor, bearer);
  const judged = judgeAdministrator(context, { bearer, gathered, act });
  return judged.outcome === 'may'
    ? `may, ${judged.hasFactor ? 'with' : 'without'} a factor`
    : `${judged.decision.outcome}: ${judged.decision.because}`;
}

describe('who may look at what they administer', () => {
  it.each<readonly [string, Standing, string]>([
    ['one without a factor', {}, 'may, without a factor'],
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
    ['one who has to enroll', { policy: { enrollment: 'required' } }, 'enroll: required'],
    ['one whose login is not finished', { pending: true, enrolled: ['totp'] }, 'sign-in: no-session'],
    ['one where MFA is off', { policy: { enabled: false } }, 'may, without a factor'],
    ['a federated one without a factor', { federated: true }, 'may, without a factor'],
  ])('%s', async (_, standing, expected) => {
    expect(await judge('read', standing)).toBe(expected);
  });
});

describe('who may change what they administer', () => {
  it.each<readonly [string, Standing, string]>([
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
    ['no factor, the password of the sign-in', {}, 'challenge: authentication-too-old'],
    ['no factor, the password given again', { proofs: [['password', 5]] }, 'may, without a factor'],
    [
      'no factor, given again too long ago',
      { proofs: [['password', 600]] },
      'challenge: authentication-too-old',
    ],
    [
      'exempt and without a factor under a required policy, the password given again',
      { exempt: true, policy: { enrollment: 'required' }, proofs: [['password', 5]] },
      'may, without a factor',
    ],
    [
      'exempt and without a factor under a required policy, the password of the sign-in',
      { exempt: true, policy: { enrollment: 'required' } },
      'challenge: authentication-too-old',
    ],
    ['a federated one without a factor', { federated: true }, 'enroll: required'],
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
  ])('%s', async (_, standing, expected) => {
    expect(await judge('change', standing)).toBe(expected);
  });
});
