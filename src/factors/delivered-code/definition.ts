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

/** The rank of a code by its channel. It says how much the code proves, and under which rank wrong ones are counted. */
const RANKS: Readonly<Record<Channel, FactorRank>> = { sms: 2, email: 1 };

export const smsCode = createDeliveredCode('sms');

export const emailCode = createDeliveredCode('email');

interface SentProof {
  readonly sentBy: Channel;
}

/** With a text and an email, the first right code uses up the challenge. One that fell back to email ranks as an email code. */
function createDeliveredCode(kind: Channel): FactorDefinition<string, SentProof> {
  const findAuthenticator = ({ challenge, member }: Attempt) =>
    member.authenticators.find(
      (candidate) =>
        candidate.id === challenge.authenticatorId &&
        candidate.kind === kind &&
        candidate.disabledAt === null,
    );

  /** A code is not valid for an authenticator that was removed after it was sent. */
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
    // The hash includes the kind, so a code of another kind is wrong here.
    const binding = { userId, ownerId, purpose, codeId, kind, sentBy, address };
    return isOneTimeCode({ submittedCode, expectedHash, binding }, keyRing);
  }

  return {
    traits: {
      kind,
      rank: RANKS[kind],
      // RFC 8176 has no value for a code by email, so use the one for one-time passwords.
      amr: kind === 'sms' ? 'sms' : 'otp',
      // Email is not an out-of-band authenticator (NIST SP 800-63B-4, 3.1.3.1).
      assuranceLevel: kind === 'sms' ? 2 : 1,
      phishingResistant: false,
      channel: kind,
      enrollable: true,
      worksOnFile: true,
      // The telephone network is a restricted channel: users must be offered an alternative (NIST SP 800-63B-4, 3.1.3.3).
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
      // Compare with every code, so that the duration does not reveal which one was right.
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

    /** Uses up the challenge and its codes. Also handles an address on file, which has no authenticator. */
    async accept(attempt, { sentBy }, { records, state, keyRing }) {
      const { userId, challenge, now } = attempt;
      const consumed = state.consumeChallenge(challenge, challenge.id);
      if (challenge.purpose === 'enroll') return consumed;
      const authenticator = findAuthenticator(attempt);
      const isOnFile = challenge.authenticatorId === onFileId(kind);
      const authenticatorId = isOnFile ? challenge.authenticatorId : (authenticator?.id ?? null);
      // Run in parallel: the code was right, so clearing the counts is safe even if a parallel request used up the challenge
      // first.
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
