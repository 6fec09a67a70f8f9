import type { Challenge } from '../../stores/state-store';
import type { AuthSubject, ChallengeHint } from '../context/auth-subject';
import { newHandle, newId, type FlowContext } from '../context/context';
import type { ChallengeOutcome } from './active-challenge';
import { findSendWait, issueChallengeFor } from './issue-challenge';
import type { OpenProof } from './open-proof';
import type { FoundUnlockLink } from './unlock-link';

/** Asks one factor for an open proof, and sends its code where it is delivered. */
export async function askProof(
  context: FlowContext,
  asking: {
    readonly subject: AuthSubject;
    readonly proof: OpenProof;
    readonly asked: ChallengeHint;
    /** The person has a code and wants another one. */
    readonly resend: boolean;
  },
): Promise<ChallengeOutcome> {
  const { subject, proof, asked, resend } = asking;
  const { owner, gathered, link } = proof;
  if (link !== undefined) await keepAttempts(context, proof, { link, asked });
  const isPendingLogin = link === undefined && subject.phase === 'pending';
  return issueChallengeFor(context, {
    owner,
    option: { authenticatorId: asked.authenticatorId, kind: asked.kind },
    gathered,
    pendingUntil: isPendingLogin ? subject.expiresAt : null,
    resend,
  });
}

/** Whether this factor was asked last, and for the same purpose. */
export function isAskedAgain(
  { asked }: AuthSubject,
  { purpose, authenticatorId }: Pick<ChallengeHint, 'purpose' | 'authenticatorId'>,
): boolean {
  return asked?.purpose === purpose && asked.authenticatorId === authenticatorId;
}

/** A challenge that lives as long as the link, so that the attempts spent on it are not forgotten before. */
async function keepAttempts(
  { state, clock }: FlowContext,
  { owner }: OpenProof,
  { link, asked }: { readonly link: FoundUnlockLink; readonly asked: ChallengeHint },
): Promise<void> {
  if ((await state.findChallenge(owner)) !== undefined) return;
  const { kind, authenticatorId } = asked;
  const challenge: Challenge = {
    ...owner,
    id: newId(),
    version: newHandle(),
    kind,
    authenticatorId,
    codes: [],
    notSent: null,
    sealedSecret: null,
    expiresAt: link.expiresAt,
  };
  await state.issueChallenge(challenge, { now: clock.now(), underPendingLogin: false, after: null });
}

/** What a page that asks for a code shows beside the factor. */
export interface Prompt {
  /** The challenge of the factor that is asked; undefined where there is none, or another factor's. */
  readonly challenge: Challenge | undefined;
  /** Seconds until a new code may be sent; null where none is. */
  readonly waitSeconds: number | null;
  readonly now: number;
}

export async function readPrompt(
  context: FlowContext,
  { owner, gathered }: OpenProof,
  { authenticatorId, kind }: ChallengeHint,
): Promise<Prompt> {
  const [challenge, waitSeconds] = await Promise.all([
    context.state.findChallenge(owner),
    findSendWait(context, gathered, { authenticatorId, kind }),
  ]);
  const own = challenge?.authenticatorId === authenticatorId ? challenge : undefined;
  return { challenge: own, waitSeconds, now: context.clock.now() };
}
