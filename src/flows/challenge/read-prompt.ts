import { isChallengeOver } from '../../core/proof/one-time-code';
import type { Shown } from '../../factors/factor';
import type { Challenge } from '../../stores/state-store';
import type { AuthSubject, ChallengeHint, FlowContext } from '../context/context';
import type { Gathered } from '../context/gather-facts';
import { askProof, findSendWait } from './issue-challenge';
import type { OpenProof } from './open-proof';

/** What a page that asks for a proof shows in addition to the factor. */
export interface Prompt {
  /** The challenge of this factor; undefined if there is none, or only one for another factor. */
  readonly challenge: Challenge | undefined;
  /** Seconds until a new code may be sent; null if the kind sends none. */
  readonly waitSeconds: number | null;
  /** What the proof must answer; null for kinds that show nothing. */
  readonly shown: Shown | null;
  readonly now: number;
}

interface PromptRequest {
  readonly subject: AuthSubject;
  readonly proof: OpenProof;
  readonly challengeHint: ChallengeHint;
}

export async function readPrompt(context: FlowContext, prompting: PromptRequest): Promise<Prompt> {
  const { proof, challengeHint } = prompting;
  const { gathered } = proof;
  const { authenticatorId, kind } = challengeHint;
  const [challenge, waitSeconds] = await Promise.all([
    findPrompted(context, prompting),
    findSendWait(context, gathered, { authenticatorId, kind }),
  ]);
  const own = challenge?.authenticatorId === authenticatorId ? challenge : undefined;
  const shown = own === undefined ? null : await showChallenge(context, gathered, own);
  return { challenge: own, waitSeconds, shown, now: context.clock.now() };
}

/** What the proof must answer. Does not read the store for a kind that shows nothing. */
export async function readShown(context: FlowContext, prompting: PromptRequest): Promise<Shown | null> {
  const { proof, challengeHint } = prompting;
  if ((context.factors.get(challengeHint.kind)?.challenge ?? null) === null) return null;
  const challenge = await findPrompted(context, prompting);
  if (challenge === undefined || challenge.authenticatorId !== challengeHint.authenticatorId) return null;
  return showChallenge(context, proof.gathered, challenge);
}

export async function showChallenge(
  { factors }: FlowContext,
  { member }: Gathered,
  { kind, state }: Challenge,
): Promise<Shown | null> {
  const { authenticators } = member;
  return (await factors.get(kind)?.challenge?.show({ state, authenticators })) ?? null;
}

/** Creates a challenge if the proof must answer something. This sends nothing, and keeps one that is still valid. */
async function findPrompted(context: FlowContext, prompting: PromptRequest): Promise<Challenge | undefined> {
  const { proof, challengeHint } = prompting;
  const found = await context.state.findChallenge(proof.owner);
  const factor = context.factors.get(challengeHint.kind);
  if (factor === undefined || factor.challenge === null) return found;
  const now = context.clock.now();
  const isSame =
    found?.authenticatorId === challengeHint.authenticatorId && found.kind === challengeHint.kind;
  if (isSame && !isChallengeOver(found, now) && factor.challenge.begin(found.state, now) === found.state)
    return found;
  const issued = await askProof(context, { ...prompting, origin: null, resend: false });
  return issued.outcome === 'issued' ? issued.challenge : undefined;
}
