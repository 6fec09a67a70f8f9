import { create, toString as drawQrCode } from 'qrcode';
import * as z from 'zod';
import type { Authenticator } from '../../core/member/authenticator';
import { parseImportedTotp } from '../../core/proof/imported-secret';
import { isChallengeOver, parseSubmittedCode } from '../../core/proof/one-time-code';
import { openSecret } from '../../core/proof/secrets';
import {
  TOTP_PARAMETERS,
  acceptStep,
  formatSecret,
  instantOfStep,
  isCredibleStep,
  issueTotpSecret,
  timeStepAt,
  totpUri,
  verifyTotp,
  type AcceptedSteps,
  type TotpParameters,
} from '../../core/proof/totp';
import type { Attempt, FactorDefinition } from '../factor';
import { readState } from '../factor-state';

const KIND = 'totp';

function findAuthenticator({ challenge, member }: Attempt): Authenticator | undefined {
  return member.authenticators.find(
    ({ id, kind, disabledAt }) => id === challenge.authenticatorId && kind === KIND && disabledAt === null,
  );
}

const isEnrollment = ({ challenge }: Attempt) => challenge.purpose === 'enroll';

/** The stored state of an authenticator app. Parameters are only present if they differ from the defaults. */
export interface TotpState extends AcceptedSteps, Partial<TotpParameters> {
  readonly format: 1;
  /** A time step that is never accepted, because a refusal revealed that its code is right. */
  readonly refusedStep?: number;
  /** The secret was imported and is shorter than RFC 4226 requires. */
  readonly weakSecret?: boolean;
}

const step = z.int().min(0);

const stateSchema: z.ZodType<TotpState> = z.looseObject({
  format: z.literal(1).default(1),
  lastAcceptedStep: step.nullable().default(null),
  stepBefore: step.exactOptional(),
  refusedStep: step.exactOptional(),
  weakSecret: z.boolean().exactOptional(),
  algorithm: z.enum(['SHA-1', 'SHA-256', 'SHA-512']).exactOptional(),
  digits: z.literal([6, 8]).exactOptional(),
  periodSeconds: z.literal([30, 60]).exactOptional(),
});

const NO_STEPS: TotpState = { format: 1, lastAcceptedStep: null };

function parametersOf(state: TotpState): TotpParameters {
  const { algorithm, digits, periodSeconds } = { ...TOTP_PARAMETERS, ...state };
  return { algorithm, digits, periodSeconds };
}

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
  imports: {
    parse(given, options) {
      const parsed = parseImportedTotp(given, options);
      if (parsed.outcome === 'refused') return parsed;
      const { secret, parameters, isWeak } = parsed;
      const state = { ...NO_STEPS, ...parameters, ...(isWeak ? { weakSecret: true } : {}) };
      return { outcome: 'parsed', secret, state };
    },
  },
  describe: ({ weakSecret }) =>
    weakSecret === true ? { word: 'factor.totp.weakSecret', json: { weakSecret } } : null,
  challenge: null,
  available: () => true,
  parse: (submitted) => parseSubmittedCode(submitted, [6, 8]),
  digits: (state) => parametersOf(readState(stateSchema, state)).digits,

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
    const parameters = parametersOf(accepted);
    if (lastAcceptedStep !== null && !isCredibleStep(lastAcceptedStep, timeStepAt(now, parameters)))
      noteFuture('app code', instantOfStep(lastAcceptedStep, parameters));
    const { secret } = opened;
    const verification = verifyTotp({ secret, submittedCode, now, window: totpWindow, accepted, parameters });
    if (verification.outcome === 'verified')
      return { outcome: 'verified', proof: { timeStep: verification.timeStep } };
    const { because } = verification;
    if (because === 'clock-off' && verification.driftSeconds > 0 && authenticator !== undefined) {
      // The refusal reveals when this code will be right, which would help an attacker who guessed it. So never accept that step.
      const timeStep = timeStepAt(now + verification.driftSeconds * 1000, parameters);
      await records.changeState(userId, authenticator.id, (state) => ({
        ...readState(stateSchema, state),
        refusedStep: timeStep,
      }));
    }
    return verification;
  },

  /** Accepting a code also uses up all earlier ones (RFC 6238, section 5.2). */
  afterProof(state, { timeStep }, now) {
    const present = timeStepAt(now, parametersOf(state));
    const steps = state.refusedStep === timeStep ? null : acceptStep(state, timeStep, present);
    return steps === null ? null : { ...state, ...steps };
  },
};

const QUIET_ZONE_MODULES = 4;

/** One SVG path, which a template can escape like any other value. `size` includes the quiet zone that ISO/IEC 18004 requires. */
export function drawQrPath(text: string): { readonly size: number; readonly path: string } {
  const { modules } = create(text, { errorCorrectionLevel: 'M' });
  let path = '';
  for (let row = 0; row < modules.size; row += 1) {
    for (let column = 0; column < modules.size; column += 1) {
      if (modules.get(row, column) === 0) continue;
      let run = 1;
      while (column + run < modules.size && modules.get(row, column + run) !== 0) run += 1;
      path += `M${column + QUIET_ZONE_MODULES} ${row + QUIET_ZONE_MODULES}h${run}v1h-${run}z`;
      column += run;
    }
  }
  return { size: modules.size + 2 * QUIET_ZONE_MODULES, path };
}
