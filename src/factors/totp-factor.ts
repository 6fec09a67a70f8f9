import type { Authenticator } from '../core/member/authenticator';
import { parseSubmittedCode } from '../core/proof/one-time-code';
import { openSecret } from '../core/proof/secrets';
import { isChallengeOver } from '../core/proof/sent-code';
import { timeStepAt, verifyTotp } from '../core/proof/totp';
import type { Attempt, Factor, FactorContext, Verification } from './factor';
import { resealIfStale } from './reseal';

function findAuthenticator({ challenge, member }: Attempt): Authenticator | undefined {
  return member.authenticators.find(
    ({ id, kind, disabledAt }) => id === challenge.authenticatorId && kind === 'totp' && disabledAt === null,
  );
}

const isEnrollment = ({ challenge }: Attempt) => challenge.purpose === 'enroll';

/** Codes of an authenticator app. In an enrollment the secret is the one that the challenge carries. */
export function createTotpFactor({ records, state, keyRing, totpWindow }: FactorContext): Factor {
  return {
    kind: 'totp',
    group: 'codes',
    delivered: false,
    parse: parseSubmittedCode,

    async verify(attempt): Promise<Verification> {
      const { userId, challenge, now } = attempt;
      if (isChallengeOver(challenge, now)) return { outcome: 'rejected', because: 'code-expired' };
      const authenticator = isEnrollment(attempt) ? undefined : findAuthenticator(attempt);
      const sealedSecret = isEnrollment(attempt)
        ? challenge.sealedSecret
        : (authenticator?.sealedSecret ?? null);
      const submittedCode = parseSubmittedCode(attempt.submitted);
      if (sealedSecret === null || submittedCode === null)
        return { outcome: 'rejected', because: 'wrong-code' };
      const binding = { userId, authenticatorId: challenge.authenticatorId, kind: 'totp' } as const;
      const opened = openSecret(keyRing, sealedSecret, binding);
      if (opened.outcome === 'unreadable') return { outcome: 'rejected', because: 'secret-unreadable' };
      const verification = verifyTotp({
        secret: opened.secret,
        submittedCode,
        now,
        window: totpWindow,
        accepted: authenticator ?? { lastAcceptedStep: null },
      });
      if (verification.outcome === 'rejected') {
        const { because } = verification;
        if (because === 'clock-off' && verification.driftSeconds > 0 && authenticator !== undefined) {
          // Whoever guessed it would now know when it is right: that step is worth nothing from here on.
          const timeStep = timeStepAt(now + verification.driftSeconds * 1000);
          await records.refuseTimeStep({ userId, authenticatorId: authenticator.id, timeStep });
        }
        return verification;
      }
      return { outcome: 'verified', proof: { kind: 'totp', timeStep: verification.timeStep } };
    },

    async accept(attempt, proof) {
      const { userId, challenge, now } = attempt;
      if (proof.kind !== 'totp') return false;
      if (isEnrollment(attempt)) return state.consumeChallenge(challenge, challenge.id);
      const { authenticatorId } = challenge;
      const [accepted, consumed] = await Promise.all([
        records.acceptTimeStep({ userId, authenticatorId, timeStep: proof.timeStep, now }),
        state.consumeChallenge(challenge, challenge.id),
      ]);
      if (!accepted || !consumed) return false;
      const authenticator = findAuthenticator(attempt);
      if (authenticator !== undefined) await resealIfStale({ records, keyRing }, { userId, authenticator });
      return true;
    },
  };
}
