import { toString as drawQrCode } from 'qrcode';
import { z } from 'zod';
import type { Authenticator } from '../../core/member/authenticator';
import { parseSubmittedCode } from '../../core/proof/one-time-code';
import { openSecret } from '../../core/proof/secrets';
import { isChallengeOver } from '../../core/proof/sent-code';
import {
  acceptStep,
  formatSecret,
  instantOfStep,
  isCredibleStep,
  issueTotpSecret,
  timeStepAt,
  totpUri,
  verifyTotp,
  type AcceptedSteps,
} from '../../core/proof/totp';
import type { Attempt, FactorDefinition } from '../factor';
import { readState } from '../read-state';
import { drawQrPath } from './qr-path';
import { totpWords } from './words';

const KIND = 'totp';

function findAuthenticator({ challenge, member }: Attempt): Authenticator | undefined {
  return member.authenticators.find(
    ({ id, kind, disabledAt }) => id === challenge.authenticatorId && kind === KIND && disabledAt === null,
  );
}

const isEnrollment = ({ challenge }: Attempt) => challenge.purpose === 'enroll';

/** What an authenticator app keeps. */
export interface TotpState extends AcceptedSteps {
  readonly format: 1;
  /** A time step that is never accepted, since it was told to somebody. */
  readonly refusedStep?: number;
}

const step = z.int().min(0);

const stateSchema: z.ZodType<TotpState> = z.looseObject({
  format: z.literal(1).default(1),
  lastAcceptedStep: step.nullable().default(null),
  stepBefore: step.exactOptional(),
  refusedStep: step.exactOptional(),
});

const NO_STEPS: TotpState = { format: 1, lastAcceptedStep: null };

/** Codes of an authenticator app. In an enrollment the secret is the one that the challenge carries. */
export const totp: FactorDefinition<string, { readonly timeStep: number }, TotpState> = {
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
    askedTogether: false,
  },
  words: totpWords,
  views: {
    icon: 'app',
    before: 'factors/totp/apps',
    prompt: null,
    setUp: 'factors/totp/secret',
    digits: true,
  },
  field: 'code',
  stateSchema,
  enrollment: {
    begin: () => ({ secret: issueTotpSecret(), state: null }),
    async show({ secret }, { issuer, account }) {
      if (secret === null) throw new TypeError('The enrollment of an authenticator app has no secret.');
      const uri = totpUri({ issuer, account, secret });
      const qrSvg = await drawQrCode(uri, { type: 'svg' });
      return {
        json: { secret: secret.reveal(), uri, qrSvg },
        view: { qr: drawQrPath(uri), keyGroups: formatSecret(secret).split(' '), uri },
      };
    },
    confirm: ({ timeStep }) => ({ ...NO_STEPS, lastAcceptedStep: timeStep }),
    backup: 'sms',
  },
  challenge: null,
  available: () => true,
  parse: parseSubmittedCode,

  async verify(attempt, { records, keyRing, totpWindow, noteFuture }) {
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
    const accepted = authenticator === undefined ? NO_STEPS : readState(stateSchema, authenticator.state);
    const { lastAcceptedStep } = accepted;
    if (lastAcceptedStep !== null && !isCredibleStep(lastAcceptedStep, timeStepAt(now)))
      noteFuture('app code', instantOfStep(lastAcceptedStep));
    const { secret } = opened;
    const verification = verifyTotp({ secret, submittedCode, now, window: totpWindow, accepted });
    if (verification.outcome === 'verified')
      return { outcome: 'verified', proof: { timeStep: verification.timeStep } };
    const { because } = verification;
    if (because === 'clock-off' && verification.driftSeconds > 0 && authenticator !== undefined) {
      // Whoever guessed it would now know when it is right: that step is worth nothing from here on.
      const timeStep = timeStepAt(now + verification.driftSeconds * 1000);
      await records.changeState(userId, authenticator.id, (state) => ({
        ...readState(stateSchema, state),
        refusedStep: timeStep,
      }));
    }
    return verification;
  },

  /** A code is used up with every earlier one (RFC 6238, section 5.2). */
  afterProof(state, { timeStep }, now) {
    const steps = state.refusedStep === timeStep ? null : acceptStep(state, timeStep, timeStepAt(now));
    return steps === null ? null : { ...state, ...steps };
  },
};
