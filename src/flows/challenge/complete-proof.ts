import type { Evidence } from '../../core/decision/assurance';
import type { Decision } from '../../core/decision/decide';
import { sessionExpiresAt, type Epochs } from '../../core/decision/session-lifetime';
import { rememberBrowser } from '../browsers/remember-browser';
import type { CookieChange } from '../browsers/use-browser';
import { continueGrant, type SessionGrant } from '../context/auth-subject';
import type { FlowContext, Origin } from '../context/context';
import type { Gathered } from '../context/gather-facts';
import type { Person } from '../context/judge-access';
import type { Verified } from './accepted-proof';

/** Whose login or session goes on, and who ends it. */
export interface Proving extends Person {
  readonly origin: Origin;
  /** The host's own sign-in ends the login, so our pages grant no session. */
  readonly endsAtHost: boolean;
}

/** What the web layer grants once the decision allows it. */
export type Completion =
  /** The pending login becomes a session. */
  | { readonly outcome: 'signed-in'; readonly grant: SessionGrant }
  /** The session goes on under a new id. */
  | { readonly outcome: 'raised'; readonly grant: SessionGrant }
  /** The pending login keeps the proof for the host's own sign-in. `stored` resolves when it is in the state. */
  | { readonly outcome: 'kept'; readonly epochs: Epochs; readonly stored: Promise<unknown> };

/** The decision allows: the login or session goes on with more evidence. */
export function completeProof(
  context: FlowContext,
  proven: Proving & {
    readonly evidence: readonly Evidence[];
    readonly gathered: Gathered;
    /** New ones, where the user's older sessions were ended. */
    readonly epochs?: Epochs | undefined;
  },
): Completion {
  const { account, subject, origin, evidence, gathered, endsAtHost } = proven;
  const { userId, organizationId, ownerId } = subject;
  const { epochs = subject.epochs } = proven;
  // The absolute end of a session counts from authentication: of a login, that is now.
  const startedAt = subject.phase === 'pending' ? gathered.now : subject.startedAt;
  const expiresAt = sessionExpiresAt({ startedAt }, gathered.policy.policy);
  const grant = { ...continueGrant(subject, { evidence, expiresAt }), startedAt, epochs };
  if (subject.phase === 'session') return { outcome: 'raised', grant };
  if (endsAtHost) {
    const stored = awaitedLater(context.state.savePendingEvidence(userId, ownerId, evidence));
    return { outcome: 'kept', epochs, stored };
  }
  context.events.report({
    name: 'signed-in',
    userId: account.id,
    organizationId,
    address: origin.address,
    details: { because: 'satisfied' },
  });
  return { outcome: 'signed-in', grant };
}

/** A step-up is done: the session goes on with the proof. */
export function completeStepUp(
  context: FlowContext,
  proven: Proving & { readonly evidence: readonly Evidence[]; readonly gathered: Gathered },
): Completion {
  const { account, origin } = proven;
  context.events.report({
    name: 'step-up-completed',
    userId: account.id,
    organizationId: account.organizationId,
    address: origin.address,
  });
  return completeProof(context, proven);
}

export type Progress =
  /** `cookie` is being stored while the session is. */
  | {
      readonly outcome: 'finished';
      readonly completion: Completion;
      readonly cookie: Promise<CookieChange>;
      readonly decision: Decision;
    }
  /** The pending login keeps the proof, and something else is asked. */
  | { readonly outcome: 'goes-on'; readonly decision: Decision }
  | { readonly outcome: 'refused'; readonly decision: Decision };

/** A factor was proven: the login or session goes on to where the decision leads. */
export async function proceed(
  context: FlowContext,
  proven: Proving & {
    readonly answer: Verified;
    /** Whether the person wants this browser remembered, and the `usernameKey` of the name that was typed. */
    readonly remember: { readonly name: string } | null;
  },
): Promise<Progress> {
  const { account, subject, origin, answer, remember } = proven;
  const { decision, evidence, gathered, proof } = answer;
  if (decision.outcome !== 'allow' && decision.outcome !== 'enroll') return { outcome: 'refused', decision };
  // An optional enrollment is offered in the session, which asks for the strongest factor before it binds another.
  if (decision.outcome === 'enroll' && subject.phase === 'pending' && !decision.skippable) {
    await context.state.savePendingEvidence(subject.userId, subject.ownerId, evidence);
    return { outcome: 'goes-on', decision };
  }
  const cookie =
    remember === null
      ? Promise.resolve(null)
      : rememberBrowser(context, { account, subject, gathered, proof, origin, name: remember.name });
  return {
    outcome: 'finished',
    completion: completeProof(context, { ...proven, evidence, gathered }),
    cookie: awaitedLater(cookie),
    decision,
  };
}

/** The caller that waits for it gets the failure; an unhandled rejection would end the process. */
function awaitedLater<Value>(work: Promise<Value>): Promise<Value> {
  work.catch(() => undefined);
  return work;
}
