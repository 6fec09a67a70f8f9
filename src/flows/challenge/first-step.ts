import { activeCode, isChallengeOver } from '../../core/proof/one-time-code';
import type { PendingLogin } from '../../stores/state-store';
import type { ChallengeHint, FlowContext } from '../context/context';
import { toSent, type ChallengeOutcome } from './active-challenge';

/** A double click, or going back and signing in again: only one code is sent, and it must work whichever response shows. */
export interface FirstStep {
  /** Identifies the person and, if possible, the browser. The same for each click on one form. */
  readonly mark: string;
  /** How long a repetition counts as the same step. */
  readonly seconds: number;
  readonly pendingId: string | null;
}

export interface StartedLogin {
  /** The login that continues: the earlier one if the same step was made a moment ago. */
  readonly pending: PendingLogin;
  readonly ask: ChallengeOutcome | null;
}

/** Continues the earlier login if its code is still valid. Ends the new login, for which no code was sent. */
export async function continueEarlier(
  context: Pick<FlowContext, 'state' | 'clock'>,
  repeated: {
    readonly pending: PendingLogin;
    readonly challengeHint: ChallengeHint;
    readonly step: FirstStep;
  },
): Promise<StartedLogin | null> {
  const { pending, challengeHint, step } = repeated;
  const { userId } = pending;
  // Read as late as this: the earlier login was recorded before its send was counted, and this one was refused after that.
  const noted = await context.state.findFirstSteps(step.mark);
  const earlier = [...noted, ...(step.pendingId === null ? [] : [step.pendingId])];
  const found = await Promise.all(
    [...new Set(earlier)].map((id) =>
      Promise.all([
        context.state.findPendingLogin(userId, id),
        context.state.findChallenge({ userId, ownerId: id, purpose: 'login' }),
      ]),
    ),
  );
  const now = context.clock.now();
  for (const [login, challenge] of found) {
    if (login === undefined || challenge === undefined || login.id === pending.id) continue;
    const code = activeCode(challenge, now);
    if (code === undefined || challenge.authenticatorId !== challengeHint.authenticatorId) continue;
    if (!isSameStep(login, pending, now)) continue;
    // oxlint-disable-next-line no-await-in-loop
    await context.state.endPendingLogin(userId, pending.id);
    return { pending: login, ask: { outcome: 'issued', challenge, sent: toSent(code, { earlier: true }) } };
  }
  return null;
}

/** A login that was ended, or started with other evidence, is not continued. */
function isSameStep(earlier: PendingLogin, pending: PendingLogin, now: number): boolean {
  const { organizationId, epochs, evidence } = pending;
  const [first, again] = [earlier.evidence, evidence].map((list) =>
    JSON.stringify(list.map(({ at: _at, ...proof }) => proof)),
  );
  return (
    !isChallengeOver(earlier, now) &&
    earlier.organizationId === organizationId &&
    earlier.epochs.user === epochs.user &&
    earlier.epochs.organization === epochs.organization &&
    first === again
  );
}
