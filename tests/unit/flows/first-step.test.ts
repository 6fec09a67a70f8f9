import { continueEarlier } from '../../../src/flows/challenge/first-step';
import { memoryState } from '../../../src/stores/memory/memory-stores';
import type { PendingLogin } from '../../../src/stores/state-store';
import { aChallenge, aPendingLogin, aSentCode, newId } from '../../contract/samples';
import { createClock } from '../../support/clock';

/** A login whose code is under way, and the same person’s next one, which was sent none. */
async function twice(
  change: (earlier: PendingLogin) => Partial<PendingLogin> = () => ({}),
  code: Partial<ReturnType<typeof aSentCode>> = {},
) {
  const clock = createClock();
  const state = memoryState();
  const expiresAt = clock.now() + 600_000;
  const earlier = aPendingLogin({ startedAt: clock.now(), expiresAt });
  const pending = { ...earlier, id: newId(), startedAt: clock.now() + 5_000, ...change(earlier) };
  const challengeHint = { purpose: 'login', kind: 'sms', authenticatorId: newId() } as const;
  const { authenticatorId } = challengeHint;
  const sent = aSentCode({
    authenticatorId,
    stage: 'sent',
    sentAt: clock.now(),
    expiresAt: clock.now() + 300_000,
    ...code,
  });
  const challenge = {
    userId: earlier.userId,
    kind: 'sms',
    authenticatorId,
    codes: [sent],
  };
  const ask = ({ id }: PendingLogin) =>
    state.issueChallenge(aChallenge({ ...challenge, ownerId: id, expiresAt }), {
      now: clock.now(),
      underPendingLogin: true,
    });
  await state.createPendingLogin(earlier);
  await ask(earlier);
  await state.createPendingLogin(pending);
  await state.noteFirstStep('mark', earlier.id, 60);
  const goOn = (
    with_: { readonly authenticatorId?: string; readonly pendingId?: string; readonly mark?: string } = {},
  ) =>
    continueEarlier(
      { state, clock },
      {
        pending,
        challengeHint: { ...challengeHint, authenticatorId: with_.authenticatorId ?? authenticatorId },
        step: { mark: with_.mark ?? 'mark', seconds: 60, pendingId: with_.pendingId ?? null },
      },
    );
  const isThere = async ({ id }: PendingLogin) =>
    (await state.findPendingLogin(pending.userId, id)) !== undefined;
  return { clock, state, earlier, pending, ask, goOn, isThere };
}

describe('a first step that is made again', () => {
  it('goes on with the login whose code is under way, and ends the new one', async () => {
    const { earlier, pending, goOn, isThere } = await twice();
    expect(await goOn()).toMatchObject({
      pending: earlier,
      ask: { outcome: 'issued', sent: { earlier: true } },
    });
    expect([await isThere(earlier), await isThere(pending)]).toEqual([true, false]);
  });

  it('finds the login of the same browser session by its id', async () => {
    const { earlier, goOn } = await twice();
    expect(await goOn({ mark: 'another', pendingId: earlier.id })).toMatchObject({ pending: earlier });
    expect(await goOn({ mark: 'another' })).toBeNull();
  });

  it('passes over itself, a login that has ended and one that was sent nothing', async () => {
    const { state, earlier, pending, ask, goOn } = await twice();
    const unasked = { ...earlier, id: newId() };
    await state.createPendingLogin(unasked);
    await ask(pending);
    for (const id of ['ended', unasked.id, pending.id]) await state.noteFirstStep('mark', id, 60);
    expect(await goOn()).toMatchObject({ pending: earlier });
  });

  it.each<[string, (earlier: PendingLogin) => Partial<PendingLogin>]>([
    ['in another organization', () => ({ organizationId: 'globex' })],
    ['after the user’s sessions were ended', ({ epochs }) => ({ epochs: { ...epochs, user: 'new' } })],
    [
      'after the organization’s sessions were ended',
      ({ epochs }) => ({ epochs: { ...epochs, organization: 'new' } }),
    ],
    ['by another first factor', ({ startedAt }) => ({ evidence: [{ method: 'federated', at: startedAt }] })],
  ])('begins anew %s', async (_when, change) => {
    const { earlier, pending, goOn, isThere } = await twice(change);
    expect(await goOn()).toBeNull();
    expect([await isThere(earlier), await isThere(pending)]).toEqual([true, true]);
  });

  it('begins anew where another authenticator is asked', async () => {
    const { goOn } = await twice();
    expect(await goOn({ authenticatorId: newId() })).toBeNull();
  });

  it('begins anew where the code is not on its way', async () => {
    const { goOn } = await twice(undefined, { stage: 'stored' });
    expect(await goOn()).toBeNull();
  });

  it('begins anew where the login is over although its code is not', async () => {
    const { clock, goOn } = await twice(undefined, { expiresAt: createClock().now() + 600_001 });
    clock.advance(600_000);
    expect(await goOn()).toBeNull();
  });
});
