import { guessRank } from '../core/decision/factor-strength';
import type { Attempt, FactorDefinition, FactorTools, Verified } from './factor';
import { readState } from './read-state';
import { resealIfStale } from './reseal';

/**
 * Uses a proof and its challenge up: true exactly once, however many calls run in parallel. In an enrollment only the challenge is
 * used up, since there is no authenticator yet.
 */
export async function acceptProof(
  factor: FactorDefinition,
  attempt: Attempt,
  { proof, authenticatorId: proven }: Verified,
  tools: FactorTools,
): Promise<boolean> {
  if (factor.accept !== undefined) return factor.accept(attempt, proof, tools);
  const { userId, challenge, member, now } = attempt;
  const { records, state } = tools;
  if (challenge.purpose === 'enroll') return state.consumeChallenge(challenge, challenge.id);
  const { kind, guessGroup: group } = factor.traits;
  const authenticatorId = proven ?? challenge.authenticatorId;
  const rank = guessRank([factor.traits], kind);
  const success = { userId, group, authenticatorId, now, guessedRank: rank, provenRank: rank };
  const [accepted, consumed] = await Promise.all([
    records.acceptProof(success, (stored) =>
      factor.afterProof(readState(factor.stateSchema, stored), proof, now),
    ),
    state.consumeChallenge(challenge, challenge.id),
  ]);
  if (!accepted || !consumed) return false;
  const authenticator = member.authenticators.find(({ id }) => id === authenticatorId);
  if (authenticator !== undefined) await resealIfStale(tools, { userId, authenticator });
  return true;
}
