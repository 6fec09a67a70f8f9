import { toString as drawQrCode } from 'qrcode';
import type { Authenticator } from '../../core/member/authenticator';
import { parseSubmittedCode } from '../../core/proof/one-time-code';
import { openSecret } from '../../core/proof/secrets';
import { isChallengeOver } from '../../core/proof/sent-code';
import { formatSecret, issueTotpSecret, timeStepAt, totpUri, verifyTotp } from '../../core/proof/totp';
import type { Attempt, FactorDefinition } from '../factor';
import { resealIfStale } from '../reseal';
import { drawQrPath } from './qr-path';
import { totpWords } from './words';

const KIND = 'totp';

function findAuthenticator({ challenge, member }: Attempt): Authenticator | undefined {
  return member.authenticators.find(
    ({ id, kind, disabledAt }) => id === challenge.authenticatorId && kind === KIND && disabledAt === null,
  );
}

const isEnrollment = ({ challenge }: Attempt) => challenge.purpose === 'enroll';

/** Codes of an authenticator app. In an enrollment the secret is the one that the challenge carries. */
export const totp: FactorDefinition<string, { readonly timeStep: number }> = {
  traits: {
    kind: KIND,
    rank: 3,
    amr: 'otp',
    assuranceLevel: 2,
    phishingResistant: false,
    channel: null,
    enrollable: true,
    worksOnFile: false,
    restricted: false,
    guessGroup: 'codes',
  },
  words: totpWords,
  views: { icon: 'app', before: 'factors/totp/apps', setUp: 'factors/totp/secret', digits: true },
  secret: {
    issueSecret: issueTotpSecret,
    async show(secret, owner) {
      const uri = totpUri({ ...owner, secret });
      const qrSvg = await drawQrCode(uri, { type: 'svg' });
      return {
        json: { secret: secret.reveal(), uri, qrSvg },
        view: { qr: drawQrPath(uri), keyGroups: formatSecret(secret).split(' '), uri },
      };
    },
    backup: 'sms',
  },
  available: () => true,
  parse: parseSubmittedCode,

  async verify(attempt, { records, keyRing, totpWindow }) {
    const { userId, challenge, submitted: submittedCode, now } = attempt;
    if (isChallengeOver(challenge, now)) return { outcome: 'rejected', because: 'code-expired' };
    const authenticator = isEnrollment(attempt) ? undefined : findAuthenticator(attempt);
    const sealedSecret = isEnrollment(attempt)
      ? challenge.sealedSecret
      : (authenticator?.sealedSecret ?? null);
    if (sealedSecret === null) return { outcome: 'rejected', because: 'wrong-code' };
    const binding = { userId, authenticatorId: challenge.authenticatorId, kind: KIND };
    const opened = openSecret(keyRing, sealedSecret, binding);
    if (opened.outcome === 'unreadable') return { outcome: 'rejected', because: 'secret-unreadable' };
    const verification = verifyTotp({
      secret: opened.secret,
      submittedCode,
      now,
      window: totpWindow,
      accepted: authenticator ?? { lastAcceptedStep: null },
    });
    if (verification.outcome === 'verified')
      return { outcome: 'verified', proof: { timeStep: verification.timeStep } };
    const { because } = verification;
    if (because === 'clock-off' && verification.driftSeconds > 0 && authenticator !== undefined) {
      // Whoever guessed it would now know when it is right: that step is worth nothing from here on.
      const timeStep = timeStepAt(now + verification.driftSeconds * 1000);
      await records.refuseTimeStep({ userId, authenticatorId: authenticator.id, timeStep });
    }
    return verification;
  },

  enrolled: ({ timeStep }) => ({ lastAcceptedStep: timeStep }),

  async accept(attempt, { timeStep }, { records, state, keyRing }) {
    const { userId, challenge, now } = attempt;
    if (isEnrollment(attempt)) return state.consumeChallenge(challenge, challenge.id);
    const { authenticatorId } = challenge;
    const [accepted, consumed] = await Promise.all([
      records.acceptTimeStep({ userId, authenticatorId, timeStep, now }),
      state.consumeChallenge(challenge, challenge.id),
    ]);
    if (!accepted || !consumed) return false;
    const authenticator = findAuthenticator(attempt);
    if (authenticator !== undefined) await resealIfStale({ records, keyRing }, { userId, authenticator });
    return true;
  },
};
