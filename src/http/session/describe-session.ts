import type { Request } from 'express';
import {
  deriveAmr,
  deriveAssurance,
  deriveAssuranceLevel,
  type Assurance,
} from '../../core/decision/assurance';
import { decide } from '../../core/decision/decide';
import { sessionExpiresAt } from '../../core/decision/session-lifetime';
import { FACTOR_TRAITS } from '../../factors/find-factor';
import { gatherFacts } from '../../flows/context/gather-facts';
import type { HttpContext } from '../kernel/http-context';
import { stateOf } from '../kernel/request';
import { resolveIdentity } from './resolve-identity';

/** How the person of this request signed in. */
export interface SessionDescription {
  readonly assurance: Assurance;
  /** Authenticator assurance level of NIST SP 800-63B-4; a session proven by an email code stays at 1. */
  readonly assuranceLevel: 1 | 2;
  /** RFC 8176 values. */
  readonly amr: readonly string[];
  readonly startedAt: number;
  readonly expiresAt: number;
}

/** Null for a visitor whom the guard would stop: without a live session, during a login, or before a second factor. */
export async function describeSession(
  context: HttpContext,
  req: Request,
): Promise<SessionDescription | null> {
  const identity = await resolveIdentity(context, req);
  if (identity.kind === 'anonymous' || identity.subject.phase !== 'session') return null;
  const { subject, account } = identity;
  const { facts, policy, now } = stateOf(req).facts ?? (await gatherFacts(context, account, subject));
  if (decide(facts, { kind: 'policy' }, now).outcome !== 'allow') return null;
  const { evidence, startedAt } = subject;
  return {
    assurance: deriveAssurance(evidence),
    assuranceLevel: deriveAssuranceLevel(evidence, FACTOR_TRAITS),
    amr: deriveAmr(evidence, FACTOR_TRAITS),
    startedAt,
    expiresAt: sessionExpiresAt({ startedAt }, policy.policy),
  };
}
