import { addressOnFile } from '../core/code-destination';
import { onFileId } from '../core/factor-kind';
import type { DeliveredKind } from '../core/factor-kind';
import { factorRank } from '../core/factor-strength';
import { isOneTimeCode, parseSubmittedCode } from '../core/one-time-code';
import type { Attempt, Factor, FactorContext } from './factor';
import { resealIfStale } from './reseal';

/** Codes sent by email or SMS. Where an SMS fell back to email the challenge, and so the binding, stays that of the SMS. */
export function createDeliveredCodeFactor(
  kind: DeliveredKind,
  { records, state, keyRing }: FactorContext,
): Factor {
  const findAuthenticator = ({ challenge, member }: Attempt) =>
    member.authenticators.find(
      (candidate) =>
        candidate.id === challenge.authenticatorId &&
        candidate.kind === kind &&
        candidate.disabledAt === null,
    );

  /** An authenticator that was removed after its code was sent proves nothing any more. */
  const isStillThere = (attempt: Attempt) => {
    const { authenticatorId, purpose } = attempt.challenge;
    if (purpose === 'enroll' || purpose === 'unlock' || authenticatorId === onFileId(kind)) return true;
    return findAuthenticator(attempt) !== undefined;
  };

  return {
    kind,
    group: 'codes',
    delivered: true,
    parse: parseSubmittedCode,

    verify(attempt) {
      const { userId, challenge, now } = attempt;
      if (now >= challenge.expiresAt)
        return Promise.resolve({ outcome: 'rejected', because: 'code-expired' });
      const { ownerId, purpose, id: challengeId, codeHash } = challenge;
      const address = addressOnFile(challenge, attempt.onFile);
      const binding = { userId, ownerId, purpose, challengeId, kind, address };
      const submittedCode = parseSubmittedCode(attempt.submitted);
      const isRight =
        codeHash !== null &&
        submittedCode !== null &&
        isStillThere(attempt) &&
        isOneTimeCode({ submittedCode, expectedHash: codeHash, binding }, keyRing);
      return Promise.resolve(
        isRight
          ? { outcome: 'verified', proof: { kind: 'delivered-code', sentBy: challenge.sentBy ?? kind } }
          : { outcome: 'rejected', because: 'wrong-code' },
      );
    },

    async accept(attempt, proof) {
      const { userId, challenge, now } = attempt;
      if (proof.kind !== 'delivered-code') return false;
      const consumed = state.consumeChallenge(challenge, challenge.id);
      if (challenge.purpose === 'enroll') return consumed;
      const authenticator = findAuthenticator(attempt);
      const isOnFile = challenge.authenticatorId === onFileId(kind);
      const authenticatorId = isOnFile ? challenge.authenticatorId : (authenticator?.id ?? null);
      // Sent together: whoever is here has shown the right code, so the counters may be cleared even where a
      // parallel request was first to use the challenge up.
      const [isFirst] = await Promise.all([
        consumed,
        records.recordSuccess({
          userId,
          group: 'codes',
          authenticatorId,
          now,
          guessedRank: factorRank(kind),
          provenRank: factorRank(proof.sentBy),
          ...(challenge.purpose === 'unlock' ? { duringLock: true } : {}),
        }),
      ]);
      if (isFirst && authenticator !== undefined)
        await resealIfStale({ records, keyRing }, { userId, authenticator });
      return isFirst;
    },
  };
}
