import type { Router } from 'express';
import type { Decision } from '../../core/decision/decide';
import type { Facts } from '../../core/decision/decision';
import { enrollableKinds, hasFactor } from '../../core/decision/usable-factors';
import { MfaError } from '../../core/errors';
import type { Gathered } from '../../flows/context/gather-facts';
import { readEnrollment, skipEnrollment } from '../../flows/enrollment/authorize-enrollment';
import type { Translator } from '../../messages/translator';
import { administeredBy, administeredNext } from '../admin/admin-options';
import type { HttpContext } from '../kernel/http-context';
import {
  answerRefusal,
  knownPageRoute,
  liveRoute,
  pathOf,
  refuse,
  show,
  type KnownPageRequest,
} from '../kernel/page-route';
import { originOf } from '../kernel/request';
import { describeDecision, sendNext } from '../kernel/respond';
import { readSessionData, updateSessionData } from '../session/session-data';
import type { EnrollLocals } from './enrollment-views';
import { unseenCodesPath } from './recovery-codes';
import { progressAt } from './wizard';

export function addEnrollmentStartRoutes(router: Router, context: HttpContext): void {
  router.get('/enroll', knownPageRoute(context, showStart));
  router.post('/enroll/skip', knownPageRoute(context, skip));
  router.get('/enroll/done', liveRoute(context, showDone));
}

/** Whether the password has to be entered again, or the person has to sign in again if there is no password. */
function needsFirstFactor(decision: Decision): boolean {
  return decision.outcome === 'challenge'
    ? decision.password === true
    : decision.because === 'sign-in-too-old';
}

/** Shows what can be set up, and whether it can be postponed. Viewing the page needs no fresh proof; starting does. */
async function showStart(page: KnownPageRequest): Promise<void> {
  const { context, identity, json, res, returnTo } = page;
  const { gathered, decision, authorization } = await readEnrollment(context, {
    ...identity,
    findAdministered: administeredBy(page),
    wizardUnderWay: readSessionData(page.req).wizard !== undefined,
  });
  const { facts, setup } = gathered;
  if (authorization.outcome === 'feature-off')
    throw new MfaError('not-found', 'MFA is off here.', { reason: 'feature-off' });
  const canView = authorization.outcome === 'refused' && needsFirstFactor(authorization.decision);
  const offered = decision.outcome === 'enroll';
  // People who cannot prove their strongest factor must still be able to postpone an offer.
  const maySkip =
    offered &&
    decision.skippable &&
    authorization.outcome === 'refused' &&
    authorization.decision.outcome !== 'sign-in';
  if (authorization.outcome === 'refused' && !canView && !maySkip)
    return refuse(page, authorization.decision);
  const onboarding = readSessionData(page.req).onboarding === true && !offered;
  const administering =
    !hasFactor(facts) &&
    isGoingToAdministration(page) &&
    (await administeredNext(page)(facts.policy)) !== null;
  const methods = offered
    ? decision.anyOf
    : authorization.outcome === 'may-enroll'
      ? authorization.kinds
      : enrollableKinds(setup ?? facts);
  const skippable = !administering && (offered ? decision.skippable : onboarding);
  if (json) {
    const step =
      offered && !administering
        ? decision
        : ({
            outcome: 'enroll',
            because: administering ? 'required' : 'offered',
            anyOf: methods,
            skippable,
          } as const);
    res.json(describeDecision(context, { decision: step, gathered, ask: null, returnTo }));
    return;
  }
  await show(page, 'enroll', {
    because: administering
      ? 'administrator'
      : onboarding
        ? 'offered'
        : offered
          ? reasonFor(facts, decision.because)
          : 'settings',
    methods,
    needed: !hasFactor(facts) && returnTo !== null && !returnTo.startsWith(`${context.options.pagesPath}/`),
    skip: skippable ? skipOf(page.translator, decision) : null,
    error: null,
    progress:
      offered || onboarding
        ? progressAt('choose', { kind: null, backupPhone: facts.policy.backupPhone })
        : null,
  });
}

/** Setup that is only offered at sign-up, and not asked for by the policy, can be postponed without limit. */
function skipOf(translator: Translator, decision: Decision): EnrollLocals['skip'] {
  if (decision.outcome !== 'enroll') return { until: null, skipsLeft: null };
  const { graceUntil, skipsLeft } = decision;
  return {
    until: graceUntil === undefined ? null : translator.moment(graceUntil),
    skipsLeft: skipsLeft ?? null,
  };
}

function isGoingToAdministration({ context, returnTo }: KnownPageRequest): boolean {
  const { adminPath } = context.options;
  return returnTo === adminPath || returnTo?.startsWith(`${adminPath}/`) === true;
}

function reasonFor(
  { authenticators, policy, member }: Facts,
  because: 'required' | 'offered',
): EnrollLocals['because'] {
  if (authenticators.length > 0 && policy.strength === 'phishing-resistant') return 'stronger';
  if (authenticators.some(({ usable, kind }) => usable && !policy.methods.includes(kind))) return 'outdated';
  return member.enabled && member.assignedKind !== null ? 'assigned' : because;
}

async function skip(page: KnownPageRequest): Promise<void> {
  const { context, req, res, identity, returnTo } = page;
  const onboarding = readSessionData(req).onboarding === true;
  const skipped = await skipEnrollment(context, { ...identity, origin: originOf(req), onboarding });
  if (skipped.outcome === 'refused') {
    const refusal = { because: 'cannot-skip', status: 403 };
    return answerRefusal(page, refusal, (status) =>
      show(
        page,
        'message',
        {
          tone: 'attention',
          heading: page.translator.t('enroll.skip.refused.heading'),
          paragraphs: [page.translator.t('enroll.skip.refused.lead')],
          retryAt: null,
          action: { label: page.translator.t('enroll.skip.refused.button'), path: pathOf(page, '/enroll') },
          secondary: null,
        },
        status,
      ),
    );
  }
  const { session } = readSessionData(req);
  if (skipped.because === 'onboarding') {
    updateSessionData(req, { onboarding: undefined });
  } else if (session !== undefined) {
    updateSessionData(req, {
      session: { ...session, skipped: true },
      skippedIn: identity.subject.organizationId,
    });
  }
  sendNext(req, res, { outcome: 'skipped', next: returnTo ?? context.options.defaultReturnTo });
}

async function showDone(page: KnownPageRequest, gathered: Gathered): Promise<void> {
  const { context, req, res, json, returnTo } = page;
  const { enrolled } = readSessionData(req);
  const continuePath = returnTo ?? readSessionData(req).host?.next ?? context.options.defaultReturnTo;
  if (enrolled === undefined || json) {
    sendNext(req, res, { outcome: 'enrolled', next: continuePath });
    return;
  }
  const codes = await unseenCodesPath(page, gathered, returnTo);
  if (codes !== null) {
    res.redirect(303, codes);
    return;
  }
  const { kind, maskedDestination, notified, steps } = enrolled;
  const progress = steps === null ? null : { step: steps, of: steps };
  await show(page, 'done', { kind, destination: maskedDestination, notified, continuePath, progress });
}
