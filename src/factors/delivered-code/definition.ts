import * as z from 'zod';
import { addressOnFile } from '../../core/address/destination';
import type { FactorRank } from '../../core/decision/usable-factors';
import { onFileId, type Channel } from '../../core/member/factor-kind';
import {
  currentCodes,
  isChallengeOver,
  isOneTimeCode,
  liveCode,
  parseSubmittedCode,
  type SentCode,
} from '../../core/proof/one-time-code';
import type { Attempt, FactorDefinition, FactorTools, Rejection } from '../factor';
import { resealIfStale } from '../factor-state';

/** How much a code proves that travelled a channel, and the rank under which wrong ones are counted. */
const RANKS: Readonly<Record<Channel, FactorRank>> = { sms: 2, email: 1 };

/** Codes by text message. */
export const smsCode = createDeliveredCode('sms');

/** Codes by email. */
export const emailCode = createDeliveredCode('email');

/** The channel of the code that was right. */
interface SentProof {
  readonly sentBy: Channel;
}

/**
 * Codes that travel. Where a text was also sent by email, its challenge has both codes, and the first right one uses it up. The kind
 * has the name of its channel, so that a code that fell back is worth what the factor of the other channel is.
 */
function createDeliveredCode(kind: Channel): FactorDefinition<string, SentProof> {
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
    if (purpose === 'enroll' || authenticatorId === onFileId(kind)) return true;
    return findAuthenticator(attempt) !== undefined;
  };

  function isRight(
    { userId, challenge, onFile, submitted: submittedCode }: Attempt<string>,
    code: SentCode,
    { keyRing }: FactorTools,
  ): boolean {
    const { ownerId, purpose } = challenge;
    const { id: codeId, codeHash: expectedHash, sentBy } = code;
    const address = addressOnFile({ ...code, fellBack: sentBy !== kind }, onFile);
    // A code of another kind was bound to that kind, so it is wrong here.
    const binding = { userId, ownerId, purpose, codeId, kind, sentBy, address };
    return isOneTimeCode({ submittedCode, expectedHash, binding }, keyRing);
  }

  return {
    traits: {
      kind,
      rank: RANKS[kind],
      // RFC 8176 has no value for a code by email; it is a one-time password.
      amr: kind === 'sms' ? 'sms' : 'otp',
      // Email is no out-of-band authenticator (NIST SP 800-63B-4, 3.1.3.1).
      assuranceLevel: kind === 'sms' ? 2 : 1,
      phishingResistant: false,
      channel: kind,
      enrollable: true,
      worksOnFile: true,
      // The telephone network is a restricted channel: another method must be on offer (NIST SP 800-63B-4, 3.1.3.3).
      restricted: kind === 'sms',
      guessGroup: 'codes',
      askedTogether: false,
    },
    views: {
      icon: kind === 'sms' ? 'message' : 'mail',
      before: null,
      prompt: null,
      setUp: null,
      digits: true,
    },
    field: 'code',
    stateSchema: z.looseObject({}),
    enrollment: null,
    challenge: null,
    available: ({ channels }) => channels.includes(kind),
    parse: parseSubmittedCode,

    async verify(attempt, tools) {
      const { challenge, now } = attempt;
      const expired: Rejection = { outcome: 'rejected', because: 'code-expired' };
      if (isChallengeOver(challenge, now)) return expired;
      // Each is judged, so that the time it takes says nothing of which one it was.
      const sent = currentCodes(challenge);
      const right = sent.filter((code) => isRight(attempt, code, tools));
      const live = right.find((code) => !isChallengeOver(code, now));
      if (live !== undefined && isStillThere(attempt)) {
        const { sentBy } = live;
        return { outcome: 'verified', proof: { sentBy }, ...(sentBy === kind ? {} : { sentBy }) };
      }
      const allOver = sent.length > 0 && liveCode(challenge, now) === undefined;
      if (right.length > 0 ? live === undefined : allOver) return expired;
      return { outcome: 'rejected', because: 'wrong-code' };
    },

    afterProof: (state) => state,

    /** A code is used up with its challenge, also one to an address on file, which has no authenticator. */
    async accept(attempt, { sentBy }, { records, state, keyRing }) {
      const { userId, challenge, now } = attempt;
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
          guessedRank: RANKS[kind],
          provenRank: RANKS[sentBy],
          ...(challenge.purpose === 'unlock' ? { duringLock: true } : {}),
        }),
      ]);
      if (isFirst && authenticator !== undefined)
        await resealIfStale({ records, keyRing }, { userId, authenticator });
      return isFirst;
    },
  };
}
