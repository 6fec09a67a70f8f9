import type { Router } from 'express';
import { parseEmailAddress } from '../../core/email-address';
import type { DeliveredKind } from '../../core/factor-kind';
import { parsePhoneNumber } from '../../core/phone-number';
import { findEnrollment, startDeliveredEnrollment } from '../../flows/enroll';
import { findDestinationWait } from '../../flows/ask-factor';
import type { HttpContext } from '../http-context';
import { durationText } from '../moments';
import { refusalStatus } from '../refusal-status';
import { sendNext } from '../respond';
import type { Refusal } from '../respond';
import { fieldOf, withReturnTo } from '../return-to';
import { sentenceFor } from '../sentences';
import { readSlot } from '../session-slot';
import { errorText } from './challenge-view';
import { confirmAndGoOn } from './confirm-enrollment';
import { openEnrollment } from './enrollment-door';
import type { EnrollmentDoor } from './enrollment-door';
import { startOver } from './login';
import { answerRefusal, knownPageRoute, pathOf, show } from './page-route';
import type { KnownPageRequest } from './page-route';
import { progressAt } from './wizard-progress';

export function addDeliveredRoutes(router: Router, context: HttpContext): void {
  for (const kind of ['sms', 'email'] as const) {
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

async function showDelivered(page: KnownPageRequest, kind: DeliveredKind): Promise<void> {
  const door = await openEnrollment(page, kind);
  if (door === null) return;
  const change = page.req.query['change'] === '1';
  const started = change ? undefined : await findEnrollment(page.context, page.visitor.bearer, kind);
  if (page.json) {
    page.res.json({
      outcome: 'enroll',
      next: pathOf(page, `/enroll/${kind}`),
      started: started !== undefined,
    });
    return;
  }
  if (started === undefined)
    return renderAddress(page, door, { kind, typed: null, error: null, status: 200 });
  return renderCode(page, kind, null, 200);
}

async function beginDelivered(page: KnownPageRequest, kind: DeliveredKind): Promise<void> {
  const door = await openEnrollment(page, kind);
  if (door === null) return;
  const typed = fieldOf(page.req.body, kind === 'sms' ? 'phone' : 'email');
  const parsed = parseDestination(kind, typed, door);
  if (parsed.outcome === 'refused') {
    const refusal = { because: parsed.because, status: refusalStatus(parsed.because) };
    const text = typeof typed === 'string' ? typed.slice(0, 100) : '';
    return answerRefusal(page, refusal, (status) =>
      renderAddress(page, door, { kind, typed: text, error: sentenceFor(parsed.because), status }),
    );
  }
  return send(page, door, kind, parsed.destination);
}

type ParsedDestination =
  | { readonly outcome: 'parsed'; readonly destination: string }
  | { readonly outcome: 'refused'; readonly because: string };

/** An empty email field means the address on file. */
function parseDestination(
  kind: DeliveredKind,
  typed: unknown,
  { gathered }: EnrollmentDoor,
): ParsedDestination {
  if (kind === 'sms') {
    const parsed = parsePhoneNumber(typed);
    return parsed.outcome === 'parsed' ? { outcome: 'parsed', destination: parsed.e164 } : parsed;
  }
  const parsed = parseEmailAddress(typed === undefined || typed === '' ? gathered.account.email : typed);
  return parsed.outcome === 'parsed' ? { outcome: 'parsed', destination: parsed.address } : parsed;
}

async function send(
  page: KnownPageRequest,
  door: EnrollmentDoor,
  kind: DeliveredKind,
  destination: string,
): Promise<void> {
  const { context, visitor, req, res, returnTo } = page;
  const { gathered, pendingUntil } = door;
  const start = await startDeliveredEnrollment(context, {
    bearer: visitor.bearer,
    gathered,
    pendingUntil,
    kind,
    destination,
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
      const started = await findEnrollment(context, visitor.bearer, kind);
      if (started?.secret.reveal() === destination) return renderCode(page, kind, refusal, status);
      return renderAddress(page, door, { kind, typed: destination, error: sentenceFor(because), status });
    });
  }
  const { maskedDestination, expiresAt } = start.challenge;
  return sendNext(req, res, {
    outcome: 'enrollment-started',
    next: withReturnTo(pathOf(page, `/enroll/${kind}`), returnTo),
    [kind]: { destination: maskedDestination, expiresAt },
  });
}

async function resendDelivered(page: KnownPageRequest, kind: DeliveredKind): Promise<void> {
  const door = await openEnrollment(page, kind);
  if (door === null) return;
  const started = await findEnrollment(page.context, page.visitor.bearer, kind);
  if (started !== undefined) return send(page, door, kind, started.secret.reveal());
  return answerRefusal(page, { because: 'wizard-over', status: 409 }, (status) =>
    renderAddress(page, door, { kind, typed: null, error: sentenceFor('wizard-over'), status }),
  );
}

async function confirmDelivered(page: KnownPageRequest, kind: DeliveredKind): Promise<void> {
  await confirmAndGoOn(page, kind, (refusal, status) => renderCode(page, kind, refusal, status));
}

async function renderAddress(
  page: KnownPageRequest,
  door: EnrollmentDoor,
  view: {
    readonly kind: DeliveredKind;
    readonly typed: string | null;
    readonly error: string | null;
    readonly status: number;
  },
): Promise<void> {
  const { kind, typed, error, status } = view;
  const { account } = door.gathered;
  const backup = readSlot(page.req).wizard?.backupPhone === 'asked';
  const cancelPath = pathOf(page, '/enroll');
  if (kind === 'email') {
    const progress = progressAt('address', { kind, backupPhone: false });
    return show(
      page,
      'enroll-email',
      { email: typed ?? account.email ?? '', error, cancelPath, progress },
      status,
    );
  }
  await show(
    page,
    'enroll-phone',
    {
      phone: typed ?? account.phone ?? '',
      example: EXAMPLE_NUMBER,
      error,
      purpose: backup ? 'backup' : 'factor',
      replaces: null,
      cancelPath: backup ? null : cancelPath,
      progress: progressAt(backup ? 'phone' : 'address', {
        kind: backup ? 'totp' : 'sms',
        backupPhone: backup,
      }),
    },
    status,
  );
}

const EXAMPLE_NUMBER = '+44 20 7946 0018';

async function renderCode(
  page: KnownPageRequest,
  kind: DeliveredKind,
  refused: Pick<Refusal, 'because' | 'attemptsLeft'> | null,
  status: number,
): Promise<void> {
  const { context, visitor, req } = page;
  const started = await findEnrollment(context, visitor.bearer, kind);
  if (started === undefined) return page.res.redirect(303, pathOf(page, `/enroll/${kind}`));
  const { challenge, secret } = started;
  const waitSeconds = await findDestinationWait(context, {
    kind,
    destination: secret.reveal(),
    userId: visitor.account.id,
  });
  const backup = readSlot(req).wizard?.backupPhone === 'asked';
  await show(
    page,
    'enroll-code',
    {
      kind,
      changePath: `${pathOf(page, `/enroll/${kind}`)}?change=1`,
      suggestedLabel: null,
      offerEndOthers: false,
      error: refused === null ? null : errorText(refused),
      clockIsOff: false,
      destination: challenge.maskedDestination,
      validFor: durationText((challenge.expiresAt - context.clock.now()) / 1000),
      fallbackFrom: null,
      resend: { waitSeconds },
      progress: progressAt(backup ? 'phone-code' : 'address-code', {
        kind: backup ? 'totp' : kind,
        backupPhone: backup,
      }),
    },
    status,
  );
}
