import { createHmac, randomBytes } from 'node:crypto';
import { createGuardrails, generateSecret, generateSync, generateURI, type CryptoPlugin } from 'otplib';
import { cutForUri } from '../text/typed-text';
import { isEqualInConstantTime } from './one-time-code';
import { PlainSecret } from './secrets';

/** HMAC by Node: many steps are tried to explain a wrong code, and this one takes a tenth of the time. */
const crypto: CryptoPlugin = {
  name: 'node',
  hmac: (algorithm, key, data) => createHmac(algorithm, key).update(data).digest(),
  randomBytes: (length) => randomBytes(length),
  constantTimeEqual: (left, right) => isEqualInConstantTime(String(left), String(right)),
};

/** How an app computes its codes (RFC 6238, section 4.1). */
export interface TotpParameters {
  readonly algorithm: 'SHA-1' | 'SHA-256' | 'SHA-512';
  readonly digits: 6 | 8;
  readonly periodSeconds: 30 | 60;
}

/** What every app supports. Imported secrets may have others. */
export const TOTP_PARAMETERS: TotpParameters = { algorithm: 'SHA-1', digits: 6, periodSeconds: 30 };

const HASHES = { 'SHA-1': 'sha1', 'SHA-256': 'sha256', 'SHA-512': 'sha512' } as const;

const SECRET_BYTES = 20;
/** An imported secret was checked when it was imported. */
export const SHORTEST_SECRET_BYTES = 10;
export const LONGEST_SECRET_BYTES = 128;
const guardrails = createGuardrails({
  MIN_SECRET_BYTES: SHORTEST_SECRET_BYTES,
  MAX_SECRET_BYTES: LONGEST_SECRET_BYTES,
});
/** How far off a clock may be for the refusal to say so. */
const EXPLAINED_SECONDS = 600;

/** Steps accepted on each side of the present one; RFC 6238, section 5.2, recommends one at most. */
export type TotpWindow = 0 | 1;

export type TotpVerification =
  | { readonly outcome: 'verified'; readonly timeStep: number }
  | { readonly outcome: 'rejected'; readonly because: 'wrong-code' | 'code-used' }
  /** The code is of another time; positive where the app is ahead. */
  | { readonly outcome: 'rejected'; readonly because: 'clock-off'; readonly driftSeconds: number };

/** 160 random bits in base32 (RFC 4226, requirement R6). */
export function issueTotpSecret(): PlainSecret {
  return new PlainSecret(generateSecret({ length: SECRET_BYTES, crypto }));
}

/** The secret as a person types it into an app: groups of four. */
export function formatSecret(secret: PlainSecret): string {
  return secret.reveal().replaceAll(/.{4}(?!$)/g, '$& ');
}

/** Encoded, and the issuer stands in it twice: with both at their longest, phones still scan the QR code. */
const LONGEST_ISSUER = 180;
const LONGEST_ACCOUNT = 240;

function toUriPart(text: string, longest: number): string {
  const line = text.replaceAll(/[:\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]+/gu, ' ').trim();
  return cutForUri(line, longest);
}

/**
 * The key URI behind the QR code. A colon parts issuer and account, so it is taken out of both. The account only tells entries of
 * the app apart, so a long one is cut.
 */
export function totpUri(request: {
  readonly issuer: string;
  readonly account: string;
  readonly secret: PlainSecret;
}): string {
  return generateURI({
    issuer: toUriPart(request.issuer, LONGEST_ISSUER),
    label: toUriPart(request.account, LONGEST_ACCOUNT),
    secret: request.secret.reveal(),
  });
}

/** The time step of an instant (RFC 6238, section 4.2). */
export function timeStepAt(now: number, { periodSeconds } = TOTP_PARAMETERS): number {
  return Math.floor(now / 1000 / periodSeconds);
}

function codeAt(secret: PlainSecret, timeStep: number, parameters: TotpParameters): string {
  const { algorithm, digits, periodSeconds } = parameters;
  return generateSync({
    secret: secret.reveal(),
    algorithm: HASHES[algorithm],
    digits,
    epoch: timeStep * periodSeconds,
    period: periodSeconds,
    guardrails,
    crypto,
  });
}

/**
 * Judges a parsed code. A step that is used up is never verified (RFC 6238, section 5.2). A code of a
 * time up to ten minutes away is refused with `clock-off`, never accepted. Throws where the secret is none.
 */
export function verifyTotp(request: {
  readonly secret: PlainSecret;
  readonly submittedCode: string;
  readonly now: number;
  readonly window: TotpWindow;
  /** The steps of the app that were accepted; none for a new secret. */
  readonly accepted: AcceptedSteps;
  readonly parameters?: TotpParameters;
}): TotpVerification {
  const { secret, submittedCode, now, window, accepted, parameters = TOTP_PARAMETERS } = request;
  const { periodSeconds } = parameters;
  const present = timeStepAt(now, parameters);
  const isAt = (offset: number) =>
    present + offset >= 0 &&
    isEqualInConstantTime(codeAt(secret, present + offset, parameters), submittedCode);
  const isUsed = (offset: number) => acceptStep(accepted, present + offset, present) === null;

  const near = [0, -1, 1].slice(0, window * 2 + 1);
  const fresh = near.find((offset) => !isUsed(offset) && isAt(offset));
  if (fresh !== undefined) return { outcome: 'verified', timeStep: present + fresh };
  if (near.some((offset) => isUsed(offset) && isAt(offset)))
    return { outcome: 'rejected', because: 'code-used' };

  for (let distance = window + 1; distance <= EXPLAINED_SECONDS / periodSeconds; distance += 1) {
    const offset = [-distance, distance].find((candidate) => isAt(candidate));
    if (offset === undefined) continue;
    if (isUsed(offset)) return { outcome: 'rejected', because: 'code-used' };
    return { outcome: 'rejected', because: 'clock-off', driftSeconds: offset * periodSeconds };
  }
  return { outcome: 'rejected', because: 'wrong-code' };
}

/** When a time step begins. */
export function instantOfStep(timeStep: number, { periodSeconds } = TOTP_PARAMETERS): number {
  return timeStep * periodSeconds * 1000;
}

/** The TOTP time steps of an app that were accepted last. */
export interface AcceptedSteps {
  /** The highest. No step at or below it is accepted again (RFC 6238, section 5.2). */
  readonly lastAcceptedStep: number | null;
  /** Another one, below it: what counts where the highest was accepted by a clock ahead. */
  readonly stepBefore?: number;
}

/** A code of the next step is accepted, and the clocks of two processes may be a step apart. */
export const STEPS_AHEAD = 2;

/** Whether the step can have been accepted by now. */
export function isCredibleStep(step: number, present: number): boolean {
  return step <= present + STEPS_AHEAD;
}

/**
 * The step up to which codes are used up, or null for none. A step from the future must not refuse every code until its time comes, so
 * the one before it counts then; where that lies in the future as well, nothing is known and every code is refused.
 */
export function usedUpTo({ lastAcceptedStep, stepBefore }: AcceptedSteps, present: number): number | null {
  if (lastAcceptedStep === null || isCredibleStep(lastAcceptedStep, present)) return lastAcceptedStep;
  if (stepBefore === undefined) return null;
  return isCredibleStep(stepBefore, present) ? stepBefore : Infinity;
}

/** The steps with one more, or null where it was used up before. However clocks jump, none is accepted twice. */
export function acceptStep(steps: AcceptedSteps, step: number, present: number): AcceptedSteps | null {
  const { lastAcceptedStep } = steps;
  const used = usedUpTo(steps, present);
  if (step === lastAcceptedStep || (used !== null && step <= used)) return null;
  if (lastAcceptedStep === null) return { lastAcceptedStep: step };
  return { lastAcceptedStep: Math.max(lastAcceptedStep, step), stepBefore: Math.min(lastAcceptedStep, step) };
}
