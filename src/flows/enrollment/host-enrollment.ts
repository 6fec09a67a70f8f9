import { decide, type Option } from '../../core/decision/decide';
import { isMfaOn } from '../../core/decision/decision';
import { hasFactor } from '../../core/decision/usable-factors';
import type { FactorKind } from '../../core/member/factor-kind';
import type { Account } from '../../options/ports';
import { STRONGEST } from '../challenge/host-challenge';
import type { FlowContext, Origin } from '../context/context';
import type { Gathered } from '../context/gather-facts';
import { gatherSetupFacts } from '../context/judge-access';
import { endPendingLogin } from '../sessions/end-sessions';
import { beginHostLogin, findHostLogin } from '../sign-in/host-login';
import { authorizeEnrollment } from './authorize-enrollment';
import { confirmEnrollment } from './confirm-enrollment';
import { showEnrollment, startEnrollment, type EnrollmentStart } from './enroll';
import { startDeliveredEnrollment, type DeliveredStart } from './enroll-delivered';

export type HostEnrollment =
  | (DeliveredStart & { readonly outcome: 'started' })
  | (EnrollmentStart & {
      readonly outcome: 'started';
      readonly shown: Awaited<ReturnType<typeof showEnrollment>>;
    })
  /** The person has a factor and must prove it first. */
  | { readonly outcome: 'challenge'; readonly gathered: Gathered; readonly anyOf: readonly Option[] }
  | { readonly outcome: 'not-sent'; readonly because: string; readonly retryAfterSeconds?: number }
  | { readonly outcome: 'denied'; readonly because: string }
  | { readonly outcome: 'rejected'; readonly because: 'challenge-expired' | 'method-not-offered' };

/** With `challengeId`, continues the login of an answered challenge. `destination` is null for an authenticator app. */
export async function startHostEnrollment(
  context: FlowContext,
  account: Account,
  enrollment: {
    readonly kind: FactorKind;
    readonly destination: string | null;
    readonly challengeId: string | undefined;
    readonly variant: string;
  },
): Promise<HostEnrollment> {
  const { kind, destination, challengeId, variant } = enrollment;
  const subject = await (challengeId === undefined
    ? beginHostLogin(context, account).then((begun) => begun.subject)
    : findHostLogin(context, account, challengeId));
  if (subject === null) return { outcome: 'rejected', because: 'challenge-expired' };
  const gathered = await gatherSetupFacts(context, { account, subject });
  if (!isMfaOn(gathered.facts)) return { outcome: 'denied', because: 'policy-off' };
  const refused = requireStrongest(gathered);
  if (refused !== null) return refused;
  const permission = authorizeEnrollment(subject, gathered, true);
  if (permission.outcome === 'refused') return { outcome: 'denied', because: permission.decision.because };
  if (!permission.kinds.includes(kind)) return { outcome: 'rejected', because: 'method-not-offered' };
  const request = { subject, gathered, pendingUntil: subject.expiresAt, kind, variant };
  const start = await (destination === null
    ? startEnrollment(context, request)
    : startDeliveredEnrollment(context, { ...request, destination, origin: null }));
  if (start.outcome === 'gone') return { outcome: 'rejected', because: 'challenge-expired' };
  if (start.outcome === 'refused') {
    const { because, retryAfterSeconds } = start;
    return {
      outcome: 'not-sent',
      because,
      ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
    };
  }
  if ('sent' in start) return start;
  return { ...start, shown: await showEnrollment(context, gathered, start) };
}

/** People with a factor prove the strongest one first, even if the policy requires none. */
function requireStrongest(gathered: Gathered): HostEnrollment | null {
  const { facts, now } = gathered;
  if (!hasFactor(facts)) return null;
  const decision = decide(facts, STRONGEST, now);
  if (decision.outcome === 'allow') return null;
  if (decision.outcome !== 'challenge') return { outcome: 'denied', because: decision.because };
  return { outcome: 'challenge', gathered, anyOf: decision.anyOf };
}

export async function confirmHostEnrollment(
  context: FlowContext,
  account: Account,
  confirmation: {
    readonly challengeId: string;
    readonly submitted: unknown;
    /** Null for the name of the kind. */
    readonly label: string | null;
    readonly endOthers: boolean;
    readonly origin: Origin;
  },
) {
  const { challengeId, submitted, label, endOthers, origin } = confirmation;
  const subject = await findHostLogin(context, account, challengeId);
  const owner = { userId: account.id, ownerId: challengeId, purpose: 'enroll' } as const;
  const challenge = await context.state.findChallenge(owner);
  if (subject === null || challenge === undefined)
    return { outcome: 'rejected', because: 'challenge-expired' } as const;
  const { kind } = challenge;
  const confirmed = await confirmEnrollment(context, {
    account,
    subject,
    kind,
    submitted,
    label,
    wizardUnderWay: true,
    endOthers,
    origin,
  });
  if (confirmed.outcome === 'rejected') return confirmed;
  // This also ends the login's copy of the recovery codes, which are in the result.
  await endPendingLogin(context, subject);
  return { ...confirmed, kind };
}
