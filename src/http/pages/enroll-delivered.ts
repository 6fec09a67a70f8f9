import type { Router } from 'express';
import type { FactorKind } from '../../core/member/factor-kind';
import { ENROLLABLE_KINDS, channelOfKind } from '../../factors/find-factor';
import { findEnrollment } from '../../flows/enrollment/enroll';
import { startDeliveredEnrollment } from '../../flows/enrollment/enroll-delivered';
import type { HttpContext } from '../kernel/http-context';
import { sentenceFor } from '../kernel/language';
import { answerRefusal, knownPageRoute, pathOf, type KnownPageRequest } from '../kernel/page-route';
import { refusalStatus } from '../kernel/refusals';
import { fieldOf, originOf, withReturnTo } from '../kernel/request';
import { sendNext } from '../kernel/respond';
import { readSessionData, updateSessionData } from '../session/session-data';
import { confirmAndContinue } from './confirm-enrollment';
import { readDestination, renderAddress, renderCode } from './enroll-delivered-pages';
import { startOver } from './login';
import { findReplaced, openEnrollment, type EnrollmentPermission, type Replaced } from './wizard';

export function addDeliveredRoutes(router: Router, context: HttpContext): void {
  for (const kind of ENROLLABLE_KINDS.filter((one) => channelOfKind(one) !== null)) {
    router.get(
      `/enroll/${kind}`,
      knownPageRoute(context, (page) => showDelivered(page, kind)),
    );
    router.post(
      `/enroll/${kind}`,
      knownPageRoute(context, (page) => beginDelivered(page, kind)),
    );
    router.post(
      `/enroll/${kind}/resend`,
      knownPageRoute(context, (page) => resendDelivered(page, kind)),
    );
    router.post(
      `/enroll/${kind}/confirm`,
      knownPageRoute(context, (page) => confirmDelivered(page, kind)),
    );
  }
}

/** Checks whether the person may enroll, and finds the authenticator to replace, which must be their own. */
async function openForm(
  page: KnownPageRequest,
  kind: FactorKind,
): Promise<{ readonly permission: EnrollmentPermission; readonly replaces: Replaced | null } | null> {
  const permission = await openEnrollment(page, kind);
  if (permission === null) return null;
  const found = findReplaced(page, permission.gathered, kind);
  if (found.outcome !== 'unknown')
    return { permission, replaces: found.outcome === 'found' ? found.replaced : null };
  const because = 'no-authenticator';
  await answerRefusal(page, { because, status: 404 }, (status) =>
    renderAddress(page, permission, {
      kind,
      typed: null,
      error: sentenceFor(page.translator, because),
      status,
      replaces: null,
    }),
  );
  return null;
}

async function showDelivered(page: KnownPageRequest, kind: FactorKind): Promise<void> {
  const form = await openForm(page, kind);
  if (form === null) return;
  const { permission, replaces } = form;
  const wantsNewForm = page.req.query['change'] === '1';
  const started = wantsNewForm ? undefined : await findEnrollment(page.context, page.identity.subject, kind);
  // Ignore an enrollment that was started to replace another authenticator.
  const { replacing } = readSessionData(page.req);
  const begunFor =
    replacing?.enrollmentId === started?.challenge.authenticatorId ? replacing?.authenticatorId : undefined;
  const isSame = replaces === null || replaces.authenticatorId === begunFor;
  if (page.json) {
    const next = pathOf(page, `/enroll/${kind}`);
    page.res.json({ outcome: 'enroll', next, started: started !== undefined && isSame });
    return;
  }
  if (started === undefined || !isSame)
    return renderAddress(page, permission, { kind, typed: null, error: null, status: 200, replaces });
  return renderCode(page, kind, null, 200);
}

async function beginDelivered(page: KnownPageRequest, kind: FactorKind): Promise<void> {
  const form = await openForm(page, kind);
  if (form === null) return;
  const { permission, replaces } = form;
  const typed = fieldOf(page.req.body, channelOfKind(kind) === 'sms' ? 'phone' : 'email');
  const read = readDestination(page, kind, typed);
  if (read.outcome === 'to-confirm') {
    const { international } = read;
    return renderAddress(page, permission, {
      kind,
      typed: international,
      error: null,
      status: 200,
      replaces,
      confirm: true,
    });
  }
  if (read.outcome === 'refused') {
    const { because } = read;
    const text = typeof typed === 'string' ? typed.slice(0, 100) : '';
    return answerRefusal(page, { because, status: refusalStatus(because) }, (status) =>
      renderAddress(page, permission, {
        kind,
        typed: text,
        error: sentenceFor(page.translator, because),
        status,
        replaces,
      }),
    );
  }
  return send(page, permission, { kind, destination: read.destination, replaces });
}

async function send(
  page: KnownPageRequest,
  permission: EnrollmentPermission,
  sending: {
    readonly kind: FactorKind;
    readonly destination: string;
    readonly replaces: Replaced | null;
    readonly resend?: true;
  },
): Promise<void> {
  const { kind, destination, replaces, resend = false } = sending;
  const { context, identity, req, res, returnTo } = page;
  const { gathered, pendingUntil } = permission;
  const start = await startDeliveredEnrollment(context, {
    subject: identity.subject,
    gathered,
    pendingUntil,
    kind,
    destination,
    origin: originOf(req),
    resend,
  });
  if (start.outcome === 'gone') return startOver(page, { because: 'challenge-expired', status: 409 });
  if (start.outcome === 'refused') {
    const { because, retryAfterSeconds } = start;
    const refusal = {
      because,
      status: refusalStatus(because),
      ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
    };
    return answerRefusal(page, refusal, async (status) => {
      const started = await findEnrollment(context, identity.subject, kind);
      if (started?.secret?.reveal() === destination) return renderCode(page, kind, refusal, status);
      const error = sentenceFor(page.translator, because);
      return renderAddress(page, permission, { kind, typed: destination, error, status, replaces });
    });
  }
  const { authenticatorId: enrollmentId } = start.challenge;
  const replacing =
    replaces === null ? undefined : { authenticatorId: replaces.authenticatorId, enrollmentId };
  updateSessionData(req, { replacing });
  return sendNext(req, res, {
    outcome: 'enrollment-started',
    next: withReturnTo(pathOf(page, `/enroll/${kind}`), returnTo),
    [kind]: {
      destination: start.sent.destination,
      expiresAt: start.sent.expiresAt,
      ...(start.sent.delayed === undefined ? {} : { delayed: true }),
    },
  });
}

/** A new code for the same address, and for the same purpose. */
async function resendDelivered(page: KnownPageRequest, kind: FactorKind): Promise<void> {
  const permission = await openEnrollment(page, kind);
  if (permission === null) return;
  const started = await findEnrollment(page.context, page.identity.subject, kind);
  const destination = started?.secret?.reveal();
  if (started !== undefined && destination !== undefined) {
    const { replacing } = readSessionData(page.req);
    const same = replacing?.enrollmentId === started.challenge.authenticatorId;
    const replaces =
      replacing !== undefined && same
        ? { authenticatorId: replacing.authenticatorId, destination: '' }
        : null;
    return send(page, permission, { kind, destination, replaces, resend: true });
  }
  const because = 'wizard-over';
  return answerRefusal(page, { because, status: 409 }, (status) =>
    renderAddress(page, permission, {
      kind,
      typed: null,
      error: sentenceFor(page.translator, because),
      status,
      replaces: null,
    }),
  );
}

async function confirmDelivered(page: KnownPageRequest, kind: FactorKind): Promise<void> {
  await confirmAndContinue(page, kind, (refusal, status) => renderCode(page, kind, refusal, status));
}
