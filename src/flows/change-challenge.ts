import { MfaError } from '../errors';
import type { Challenge, ChallengeOwner } from '../stores/state-store';
import { newMark } from './context';
import type { FlowContext } from './context';

export type ChallengeChange =
  | { readonly outcome: 'changed'; readonly challenge: Challenge }
  /** The rule left it as it is. */
  | { readonly outcome: 'unchanged'; readonly challenge: Challenge | undefined }
  /** The pending login is over. */
  | { readonly outcome: 'gone' };

/** More writes to one challenge than that come together only in an attack. */
const MOST_TRIES = 8;

/**
 * Changes the owner's challenge by a rule, which is applied again to what stands where another request came between. With
 * `known`, the challenge as it was written last is not read first.
 */
export async function changeChallenge(
  { state, clock }: Pick<FlowContext, 'state' | 'clock'>,
  at: {
    readonly owner: ChallengeOwner;
    readonly underPendingLogin: boolean;
    readonly known?: Challenge | undefined;
  },
  rule: (standing: Challenge | undefined) => Omit<Challenge, 'version'> | null,
): Promise<ChallengeChange> {
  const { owner, underPendingLogin } = at;
  let standing = at.known ?? (await state.findChallenge(owner));
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    const next = rule(standing);
    if (next === null) return { outcome: 'unchanged', challenge: standing };
    const challenge = { ...next, version: newMark() };
    const after = standing?.version ?? null;
    // Each try stands on what the one before found.
    // oxlint-disable-next-line no-await-in-loop
    if (await state.issueChallenge(challenge, { now: clock.now(), underPendingLogin, after }))
      return { outcome: 'changed', challenge };
    // oxlint-disable-next-line no-await-in-loop
    const found = await state.findChallenge(owner);
    if ((found?.version ?? null) === after) return { outcome: 'gone' };
    standing = found;
  }
  throw new MfaError('store-unavailable', 'Too many requests changed one challenge at once.');
}
