import type { Request, Router } from 'express';
import type { HttpContext } from '../http-context';
import { dayOf } from '../moments';
import { openNewCodes } from '../new-codes';
import type { HeldCodes } from '../new-codes';
import { sendNext } from '../respond';
import { fieldOf, withReturnTo } from '../return-to';
import { sentenceFor } from '../sentences';
import { readSlot, updateSlot } from '../session-slot';
import { liveRoute } from './live-route';
import { answerRefusal, pathOf, show } from './page-route';
import type { KnownPageRequest } from './page-route';

const PATH = '/enroll/recovery-codes';

export function addRecoveryCodeRoutes(router: Router, context: HttpContext): void {
  router.get(PATH, liveRoute(context, showCodes));
  router.post(PATH, liveRoute(context, acknowledge));
  router.post(`${PATH}/download`, liveRoute(context, download));
}

/** Only a session has codes; a login that is not finished sees none. */
function heldCodes({ context, req, visitor }: KnownPageRequest): HeldCodes | null {
  return visitor.bearer.standing === 'session' ? openNewCodes(context, req, visitor.account.id) : null;
}

/** Shows a new set once. A browser that only looks ahead, or asks for the headers, does not use the showing up. */
async function showCodes(page: KnownPageRequest): Promise<void> {
  const { req, res, json } = page;
  if (isLookingAhead(req)) {
    res.status(204).end();
    return;
  }
  const held = heldCodes(page);
  const unshown = held === null || held.shown ? null : held;
  const { newCodes } = readSlot(req);
  if (unshown !== null && newCodes !== undefined) {
    // Whoever asked for JSON has them and acknowledges nothing.
    updateSlot(req, { newCodes: json ? undefined : { ...newCodes, shown: true } });
  }
  if (json) {
    res.json({
      outcome: 'enrolled',
      next: pathOf(page, '/enroll/done'),
      ...(unshown === null ? {} : { recoveryCodes: unshown.codes }),
    });
    return;
  }
  await render(page, unshown, null, 200);
}

function isLookingAhead(req: Request): boolean {
  const purpose = `${req.get('sec-purpose') ?? ''} ${req.get('purpose') ?? ''}`;
  return req.method === 'HEAD' || purpose.includes('prefetch');
}

async function render(
  page: KnownPageRequest,
  held: HeldCodes | null,
  error: string | null,
  status: number,
): Promise<void> {
  const steps = readSlot(page.req).enrolled?.steps ?? null;
  await show(
    page,
    'recovery-codes',
    {
      codes: held?.codes ?? null,
      createdAt: dayOf(held?.issuedAt ?? page.context.clock.now()),
      replacesOlder: held?.replacesOlder ?? false,
      downloadPath: pathOf(page, `${PATH}/download`),
      error,
      progress: steps === null || held?.replacesOlder === true ? null : { step: steps - 1, of: steps },
    },
    status,
  );
}

/** Whoever goes on without the tick sees the same codes again, and nobody who did not see them before. */
async function acknowledge(page: KnownPageRequest): Promise<void> {
  const { req, res, returnTo } = page;
  const saved = fieldOf(req.body, 'saved');
  if (saved === undefined || saved === '' || saved === false) {
    const held = heldCodes(page);
    const refusal = { because: 'not-acknowledged', status: 400 };
    return answerRefusal(page, refusal, (status) =>
      render(page, held?.shown === true ? held : null, sentenceFor('not-acknowledged'), status),
    );
  }
  const { enrolled } = readSlot(req);
  updateSlot(req, { newCodes: undefined });
  const done = withReturnTo(pathOf(page, '/enroll/done'), returnTo);
  const next = enrolled === undefined ? (returnTo ?? pathOf(page, '/settings')) : done;
  return sendNext(req, res, { outcome: 'saved', next });
}

/** The codes that the page shows as a text file, until they are acknowledged. */
async function download(page: KnownPageRequest): Promise<void> {
  const { context, res, visitor } = page;
  const held = heldCodes(page);
  if (held?.shown !== true) {
    const refusal = { because: 'codes-not-shown', status: 409 };
    return answerRefusal(page, refusal, (status) => render(page, null, null, status));
  }
  const head = `${context.options.issuer}, ${visitor.account.name}\nRecovery codes of ${dayOf(held.issuedAt).text}. Each works once.`;
  res
    .set({ 'Content-Disposition': 'attachment; filename="recovery-codes.txt"' })
    .type('text/plain')
    .send(`${head}\n\n${held.codes.join('\n')}\n`);
}
