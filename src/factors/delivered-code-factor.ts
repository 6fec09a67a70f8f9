import { addressOnFile } from '../core/address/destination';
import { factorRank } from '../core/decision/factor-strength';
import { onFileId, type DeliveredKind } from '../core/member/factor-kind';
import { isOneTimeCode, parseSubmittedCode } from '../core/proof/one-time-code';
import { codesAsked, isChallengeOver, liveCode, type SentCode } from '../core/proof/sent-code';
import type { Attempt, Factor, FactorContext, Verification } from './factor';
import { resealIfStale } from './reseal';

/** Codes sent by email or SMS. Where a text was also sent by email, its challenge has both codes, and the first right one uses it up. */
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

  function isRight({ userId, challenge, onFile }: Attempt, code: SentCode, submittedCode: string | null) {
    if (submittedCode === null || code.kind !== kind) return false;
    const { ownerId, purpose } = challenge;
    const { id: codeId, codeHash, sentBy } = code;
    const binding = { userId, ownerId, purpose, codeId, kind, sentBy, address: addressOnFile(code, onFile) };
    return isOneTimeCode({ submittedCode, expectedHash: codeHash, binding }, keyRing);
  }

  return {
    kind,
    group: 'codes',
    delivered: true,
    parse: parseSubmittedCode,

    verify(attempt) {
      const { challenge, now } = attempt;
      const expired: Verification = { outcome: 'rejected', because: 'code-expired' };
      if (isChallengeOver(challenge, now)) return Promise.resolve(expired);
      const submittedCode = parseSubmittedCode(attempt.submitted);
      // Each is judged, so that the time it takes says nothing of which one it was.
      const sent = codesAsked(challenge);
      const right = sent.filter((code) => isRight(attempt, code, submittedCode));
      const live = right.find((code) => !isChallengeOver(code, now));
      if (live !== undefined && isStillThere(attempt))
        return Promise.resolve({
          outcome: 'verified',
          proof: { kind: 'delivered-code', sentBy: live.sentBy },
        });
      const allOver = sent.length > 0 && liveCode(challenge, now) === undefined;
      if (right.length > 0 ? live === undefined : allOver) return Promise.resolve(expired);
      return Promise.resolve({ outcome: 'rejected', because: 'wrong-code' });
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
