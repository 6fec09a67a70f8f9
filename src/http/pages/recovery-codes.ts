import type { Request, Router } from 'express';
import { openSecret } from '../../core/sealed-secret';
import type { HttpContext } from '../http-context';
import { dayOf } from '../moments';
import { sendNext } from '../respond';
import { fieldOf, withReturnTo } from '../return-to';
import { sentenceFor } from '../sentences';
import { readSlot, updateSlot } from '../session-slot';
import { answerRefusal, knownPageRoute, pathOf, show } from './page-route';
import type { KnownPageRequest } from './page-route';

export function addRecoveryCodeRoutes(router: Router, context: HttpContext): void {
  router.get('/enroll/recovery-codes', knownPageRoute(context, showCodes));
  router.post('/enroll/recovery-codes', knownPageRoute(context, acknowledge));
}

/** Shows a new set once. A browser that only looks ahead, or asks for the headers, does not use the showing up. */
async function showCodes(page: KnownPageRequest): Promise<void> {
  const { req, res, json } = page;
  if (isLookingAhead(req)) {
    res.status(204).end();
    return;
  }
  const codes = takeUnshown(page);
  if (json) {
    res.json({
      outcome: 'enrolled',
      next: pathOf(page, '/enroll/done'),
      ...(codes === null ? {} : { recoveryCodes: codes }),
    });
    return;
  }
  await render(page, codes, null, 200);
}

function isLookingAhead(req: Request): boolean {
  const purpose = `${req.get('sec-purpose') ?? ''} ${req.get('purpose') ?? ''}`;
  return req.method === 'HEAD' || purpose.includes('prefetch');
}

function takeUnshown(page: KnownPageRequest): readonly string[] | null {
  const { unshownCodes } = readSlot(page.req);
  if (unshownCodes === undefined || page.visitor.bearer.standing !== 'session') return null;
  const binding = {
    userId: page.visitor.account.id,
    authenticatorId: 'recovery-codes',
    kind: 'totp',
  } as const;
  const opened = openSecret(page.context.keyRing, unshownCodes, binding);
  updateSlot(page.req, { unshownCodes: undefined });
  return opened.outcome === 'opened' ? opened.secret.reveal().split('\n') : null;
}

async function render(
  page: KnownPageRequest,
  codes: readonly string[] | null,
  error: string | null,
  status: number,
): Promise<void> {
  const createdAt = dayOf(page.context.clock.now());
  await show(
    page,
    'recovery-codes',
    { codes, createdAt, replacesOlder: false, downloadPath: null, error, progress: null },
    status,
  );
}

async function acknowledge(page: KnownPageRequest): Promise<void> {
  const { req, res, returnTo } = page;
  const saved = fieldOf(req.body, 'saved');
  if (saved === undefined || saved === '' || saved === false) {
    const refusal = { because: 'not-acknowledged', status: 400 };
    return answerRefusal(page, refusal, (status) =>
      render(page, null, sentenceFor('not-acknowledged'), status),
    );
  }
  return sendNext(req, res, { outcome: 'saved', next: withReturnTo(pathOf(page, '/enroll/done'), returnTo) });
}
