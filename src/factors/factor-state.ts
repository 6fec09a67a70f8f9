import { guessRank } from '../core/decision/usable-factors';
import { MfaError } from '../core/errors';
import type { Authenticator } from '../core/member/authenticator';
import type { FactorState } from '../core/member/factor-kind';
import { openSecret, sealSecret } from '../core/proof/secrets';
import type { Schema } from '../core/schema';
import type { Attempt, FactorDefinition, FactorTools, Verified } from './factor';

/** Parses the stored state of a factor. @throws MfaError `records-unreadable` if it does not match the schema. */
export function readState<State>(schema: Schema<State>, stored: FactorState): State {
  const read = schema.safeParse(stored);
  if (read.success) return read.data;
  throw new MfaError('records-unreadable', 'The stored state of a factor does not match its schema.', {
    cause: read.error,
  });
}

/** Lets an older key be removed from the ring. A failing store must not invalidate the right proof, so errors are ignored. */
export async function resealIfStale(
  { records, keyRing }: Pick<FactorTools, 'records' | 'keyRing'>,
  { userId, authenticator }: { readonly userId: string; readonly authenticator: Authenticator },
): Promise<void> {
  const { id, kind, sealedSecret } = authenticator;
  if (sealedSecret === null) return;
  const binding = { userId, authenticatorId: id, kind };
  const opened = openSecret(keyRing, sealedSecret, binding);
  if (opened.outcome !== 'opened' || !opened.stale) return;
  const sealed = sealSecret(keyRing, opened.secret, binding);
  await records.resealAuthenticator(userId, id, { expected: sealedSecret, sealed }).catch(() => false);
}

/** True exactly once, however many calls run in parallel. An enrollment has no authenticator yet. */
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
