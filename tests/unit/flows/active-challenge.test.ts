import { changeChallenge } from '../../../src/flows/challenge/active-challenge';
import { memoryState } from '../../../src/stores/memory/memory-stores';
import type { Challenge } from '../../../src/stores/state-store';
import { NOW, aChallenge } from '../../contract/samples';
import { createClock } from '../../support/clock';

const expired = (current: Challenge | undefined) =>
  current === undefined ? null : { ...current, expiresAt: NOW + 60_000 };

describe('a change of a challenge', () => {
  it('is gone where the pending login is over and nothing was asked', async () => {
    const owner = aChallenge();
    const at = { owner, underPendingLogin: true };
    expect(await changeChallenge({ state: memoryState(), clock: createClock() }, at, () => owner)).toEqual({
      outcome: 'gone',
    });
  });

  it('is gone where the pending login is over and its challenge is left', async () => {
    const [state, clock] = [memoryState(), createClock()];
    const owner = aChallenge();
    await state.issueChallenge(owner, { now: clock.now(), underPendingLogin: false });
    const changed = await changeChallenge({ state, clock }, { owner, underPendingLogin: true }, expired);
    expect(changed).toEqual({ outcome: 'gone' });
  });

  it('is made again on what another request wrote meanwhile', async () => {
    const [state, clock] = [memoryState(), createClock()];
    const known = aChallenge();
    const written = { now: clock.now(), underPendingLogin: false };
    await state.issueChallenge(known, written);
    await state.issueChallenge({ ...known, version: 'later', kind: 'sms' }, written);
    const changed = await changeChallenge(
      { state, clock },
      { owner: known, underPendingLogin: false, known },
      expired,
    );
    expect(changed).toMatchObject({
      outcome: 'changed',
      challenge: { kind: 'sms', expiresAt: NOW + 60_000 },
    });
    expect(await state.findChallenge(known)).toMatchObject({ kind: 'sms', expiresAt: NOW + 60_000 });
  });

  it('is made again where another request began the challenge meanwhile', async () => {
    const [stored, clock] = [memoryState(), createClock()];
    const owner = aChallenge();
    const written = { now: clock.now(), underPendingLogin: false };
    let isFirst = true;
    const issueChallenge: typeof stored.issueChallenge = async (challenge, life) => {
      if (isFirst) await stored.issueChallenge({ ...owner, kind: 'sms' }, written);
      isFirst = false;
      return stored.issueChallenge(challenge, life);
    };
    const state = { ...stored, issueChallenge };
    const begin = (current: Challenge | undefined) => ({ ...(current ?? owner), expiresAt: NOW + 60_000 });
    const changed = await changeChallenge({ state, clock }, { owner, underPendingLogin: false }, begin);
    expect(changed).toMatchObject({ outcome: 'changed', challenge: { kind: 'sms' } });
  });
});
