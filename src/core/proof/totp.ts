import { createHmac, randomBytes } from 'node:crypto';
import { createGuardrails, generateSecret, generateSync, generateURI, type CryptoPlugin } from 'otplib';
import { cutForUri } from '../text/typed-text';
import { isEqualInConstantTime } from './one-time-code';
import { PlainSecret } from './secrets';

/** Node's HMAC takes a tenth of the time. Many steps are tried to explain a wrong code. */
const crypto: CryptoPlugin = {
  name: 'node',
  hmac: (algorithm, key, data) => createHmac(algorithm, key).update(data).digest(),
  randomBytes: (length) => randomBytes(length),
  constantTimeEqual: (left, right) => isEqualInConstantTime(String(left), String(right)),
};

/** The parameters with which an app computes its codes (RFC 6238, section 4.1). */
export interface TotpParameters {
  readonly algorithm: 'SHA-1' | 'SHA-256' | 'SHA-512';
  readonly digits: 6 | 8;
  readonly periodSeconds: 30 | 60;
}

/** What every app supports. Imported secrets may have others. */
export const TOTP_PARAMETERS: TotpParameters = { algorithm: 'SHA-1', digits: 6, periodSeconds: 30 };

const HASHES = { 'SHA-1': 'sha1', 'SHA-256': 'sha256', 'SHA-512': 'sha512' } as const;

const SECRET_BYTES = 20;
/** The bounds are wide, because imported secrets were already checked at import. */
export const SHORTEST_SECRET_BYTES = 10;
export const LONGEST_SECRET_BYTES = 128;
const guardrails = createGuardrails({
  MIN_SECRET_BYTES: SHORTEST_SECRET_BYTES,
  MAX_SECRET_BYTES: LONGEST_SECRET_BYTES,
});
/** Up to this difference, a rejection says that the clock is off. */
const EXPLAINED_SECONDS = 600;

/** Steps accepted before and after the current one. RFC 6238, section 5.2, recommends at most one. */
export type TotpWindow = 0 | 1;

export type TotpVerification =
  | { readonly outcome: 'verified'; readonly timeStep: number }
  | { readonly outcome: 'rejected'; readonly because: 'wrong-code' | 'code-used' }
  /** The code is for another time. `driftSeconds` is positive if the app's clock is ahead. */
  | { readonly outcome: 'rejected'; readonly because: 'clock-off'; readonly driftSeconds: number };

/** 160 random bits in base32 (RFC 4226, requirement R6). */
export function issueTotpSecret(): PlainSecret {
  return new PlainSecret(generateSecret({ length: SECRET_BYTES, crypto }));
}

export function formatSecret(secret: PlainSecret): string {
  return secret.reveal().replaceAll(/.{4}(?!$)/g, '$& ');
}

/** The URI contains the encoded issuer twice. With both at maximum length, phones can still scan the QR code. */
const LONGEST_ISSUER = 180;
const LONGEST_ACCOUNT = 240;

function toUriPart(text: string, longest: number): string {
  const line = text.replaceAll(/[:\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]+/gu, ' ').trim();
  return cutForUri(line, longest);
}

/** A colon separates issuer and account, so it is removed from both. A long account is cut: it only tells entries apart. */
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
 * Verifies a parsed code. A step that was already used is never accepted again (RFC 6238, section 5.2). A code for a time up to
 * ten minutes away is rejected with `clock-off`. Throws if the secret is invalid.
 */
export function verifyTotp(request: {
  readonly secret: PlainSecret;
  readonly submittedCode: string;
  readonly now: number;
  readonly window: TotpWindow;
  /** The accepted steps of the app; empty for a new secret. */
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

export function instantOfStep(timeStep: number, { periodSeconds } = TOTP_PARAMETERS): number {
  return timeStep * periodSeconds * 1000;
}

/** The TOTP time steps of an app that were last accepted. */
export interface AcceptedSteps {
  /** The highest. No step at or below it is accepted again (RFC 6238, section 5.2). */
  readonly lastAcceptedStep: number | null;
  /** An earlier accepted step. It applies if a clock that was ahead accepted the highest. */
  readonly stepBefore?: number;
}

/** The window accepts a code of the next step, and the clocks of two processes may differ by one step. */
export const STEPS_AHEAD = 2;

export function isCredibleStep(step: number, present: number): boolean {
  return step <= present + STEPS_AHEAD;
}

/**
 * Codes up to this step are used up; null if none are. A step in the future must not block every code until then, so the earlier
 * step applies instead. If that one is in the future too, the state is unknown and every code is rejected.
 */
export function usedUpTo({ lastAcceptedStep, stepBefore }: AcceptedSteps, present: number): number | null {
  if (lastAcceptedStep === null || isCredibleStep(lastAcceptedStep, present)) return lastAcceptedStep;
  if (stepBefore === undefined) return null;
  return isCredibleStep(stepBefore, present) ? stepBefore : Infinity;
}

/** Adds an accepted step, or returns null if it was used before. No step is accepted twice, even if clocks jump. */
export function acceptStep(steps: AcceptedSteps, step: number, present: number): AcceptedSteps | null {
  const { lastAcceptedStep } = steps;
  const used = usedUpTo(steps, present);
  if (step === lastAcceptedStep || (used !== null && step <= used)) return null;
  if (lastAcceptedStep === null) return { lastAcceptedStep: step };
  return { lastAcceptedStep: Math.max(lastAcceptedStep, step), stepBefore: Math.min(lastAcceptedStep, step) };
}
