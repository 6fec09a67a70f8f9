import { answerChallenge } from '../../../src/flows/challenge/answer-challenge';
import { issueChallengeFor } from '../../../src/flows/challenge/issue-challenge';
import { openUnlock } from '../../../src/flows/challenge/open-proof';
import { gatherFacts } from '../../../src/flows/context/gather-facts';
import { beginHostLogin } from '../../../src/flows/sign-in/host-login';
import { createFlowWorld, createRoster } from '../../support/admin-flows';
import { totpCode } from '../../support/totp';

// Answers that no page sends, since it asks for a factor first.

async function inLogin() {
  const mary = { id: 'mary', name: 'Mary', organizationId: 'acme' };
  const world = createFlowWorld({ roster: createRoster([mary]) });
  const { context, clock } = world;
  await world.savePolicy({ enabled: true, enrollment: 'required' });
  const authenticatorId = await world.enroll('mary');
  const account = context.directory.accountOf(mary);
  const { subject } = await beginHostLogin(context, account);
  const answer = (hint: { readonly kind?: string; readonly purpose?: 'step-up' } = {}) =>
    answerChallenge(context, {
      account,
      purpose: 'login',
      requirement: { kind: 'policy' },
      submitted: totpCode('JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP', clock.now()),
      origin: { address: '192.0.2.7', userAgent: 'Firefox' },
      subject: {
        ...subject,
        challengeHint: { purpose: 'login', kind: 'totp', authenticatorId, ...hint },
      },
    });
  const issue = async () =>
    issueChallengeFor(context, {
      owner: { userId: 'mary', ownerId: subject.ownerId, purpose: 'login' },
      option: { kind: 'totp', authenticatorId },
      gathered: await gatherFacts(context, account, subject),
      pendingUntil: subject.expiresAt,
      origin: null,
    });
  const failures = async () => (await context.records.findMember('mary', 'acme')).authenticators[0]?.failures;
  return { context, account, subject, answer, issue, failures };
}

describe('an answer', () => {
  it('to a factor that was asked for another purpose, or that is unknown, is refused and counts no guess', async () => {
    const { answer, failures } = await inLogin();
    const refused = { outcome: 'rejected', because: 'no-challenge' };
    expect(await answer({ purpose: 'step-up' })).toEqual(refused);
    expect(await answer({ kind: 'carrier-pigeon' })).toEqual(refused);
    expect(await failures()).toBe(0);
  });

  it('is refused where no challenge is left, however right it is', async () => {
    const { answer } = await inLogin();
    expect(await answer()).toMatchObject({ outcome: 'rejected', because: 'challenge-expired' });
  });
});

describe('a challenge', () => {
  it('is issued in a login, and answered by the right code', async () => {
    const { answer, issue } = await inLogin();
    expect(await issue()).toMatchObject({ outcome: 'issued', challenge: { kind: 'totp' } });
    expect(await answer()).toMatchObject({ outcome: 'verified' });
  });

  it('is not issued in a login that is over', async () => {
    const { context, subject, issue } = await inLogin();
    await context.state.endPendingLogin('mary', subject.ownerId);
    expect(await issue()).toEqual({ outcome: 'gone' });
  });
});

it('asks for no proof where the lock is over that a link ends', async () => {
  const { context, account, subject } = await inLogin();
  const { clock, state } = context;
  const link = { userId: 'mary', expiresAt: clock.now() + 60_000 };
  await state.saveUnlockLink('hash', link, clock.now());
  expect(await openUnlock(context, { account, subject, tokenHash: 'hash' })).toEqual({ outcome: 'unlocked' });
});
