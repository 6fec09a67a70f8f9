import type { Request } from 'express';
import type { Decision } from '../core/decide';
import type { AskOutcome } from '../flows/ask-request';
import type { Gathered } from '../flows/gather-facts';
import { UNLOCK_PATH } from '../flows/unlock-link';
import type { LoginAttempt } from './attempt-login';
import type { HttpContext } from './http-context';
import { nextPath, showOptions } from './respond';

export type StepBody = { readonly outcome: string; readonly next: string; readonly [field: string]: unknown };

/** The JSON answer to a password that leads to a second step, with the token that the step will carry under the new session id. */
export function describePending(
  context: HttpContext,
  req: Request,
  attempt: LoginAttempt & { readonly outcome: 'pending' },
): StepBody {
  const { decision, gathered, ask } = attempt;
  const step = describeDecision(context, { decision, gathered, ask, returnTo: null });
  const next = pendingPath(context, attempt);
  return { ...step, next, csrfToken: context.csrf.token(req) };
}

/** Where a login that is not finished goes on. */
export function pendingPath(
  context: HttpContext,
  attempt: LoginAttempt & { readonly outcome: 'pending' },
): string {
  if (attempt.unlocking) return `${context.options.pagesPath}${UNLOCK_PATH}/challenge`;
  return nextPath(context, attempt.decision, null);
}

/** The JSON answer of a step after which something else is asked. */
export function describeDecision(
  context: HttpContext,
  step: {
    readonly decision: Decision;
    readonly gathered: Gathered;
    readonly ask: AskOutcome | null;
    readonly returnTo: string | null;
  },
): StepBody {
  const { decision, gathered, ask, returnTo } = step;
  const next = nextPath(context, decision, returnTo);
  if (decision.outcome === 'challenge') {
    return {
      outcome: 'challenge',
      because: decision.because,
      next,
      anyOf: showOptions(gathered, decision.anyOf),
      ...(decision.password === undefined ? {} : { password: true }),
      ...describeAsk(ask),
    };
  }
  if (decision.outcome === 'enroll') {
    const { because, anyOf, skippable, graceUntil, skipsLeft } = decision;
    return {
      outcome: 'enroll',
      because,
      next,
      anyOf,
      skippable,
      ...(graceUntil === undefined ? {} : { graceUntil }),
      ...(skipsLeft === undefined ? {} : { skipsLeft }),
    };
  }
  return { outcome: decision.outcome, because: decision.because, next };
}

/** What became of the code: sent, or why not. */
export function describeAsk(ask: AskOutcome | null): Readonly<Record<string, unknown>> {
  if (ask === null || ask.outcome === 'gone') return {};
  if (ask.outcome === 'asked') return ask.sent === undefined ? {} : { sent: ask.sent };
  const { because, retryAfterSeconds } = ask;
  return { notSent: { because, ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }) } };
}
