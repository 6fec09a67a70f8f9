import type { Request, Router } from 'express';
import { BACKUP_KIND } from '../../factors/find-factor';
import {
  acknowledgeCodes,
  findUnseenCodes,
  maySeeCodes,
  type ShownCodes,
} from '../../flows/authenticators/recovery-codes';
import type { Gathered } from '../../flows/context/gather-facts';
import { refuseOwnPage } from '../../flows/context/judge-access';
import type { CodesOwner } from '../../stores/unseen-codes';
import { keepFormsHere } from '../kernel/headers';
import type { HttpContext } from '../kernel/http-context';
import { sentenceFor } from '../kernel/language';
import {
  answerRefusal,
  liveRoute,
  nameForPerson,
  pathOf,
  refuse,
  show,
  type KnownPageRequest,
} from '../kernel/page-route';
import { fieldOf, withReturnTo } from '../kernel/request';
import { sendNext } from '../kernel/respond';
import { readSessionData, updateSessionData } from '../session/session-data';
import { resumePathOf } from '../sign-in/return-to';

const PATH = '/enroll/recovery-codes';
const RECOVERED_PATH = '/recovered';

export function addRecoveryCodeRoutes(router: Router, context: HttpContext): void {
  const keepForms = keepFormsHere(context);
  router.get(PATH, keepForms, liveRoute(context, showCodes));
  router.post(PATH, keepForms, liveRoute(context, acknowledge));
  router.post(`${PATH}/download`, keepForms, liveRoute(context, download));
  router.get(RECOVERED_PATH, liveRoute(context, showRecovered));
}

/** The page after a sign-in by recovery code, because the person may have lost their phone. JSON clients skip it. */
export function recoveredPath(page: KnownPageRequest, method: string, returnTo: string): string {
  if (page.json || method !== BACKUP_KIND) return returnTo;
  return withReturnTo(pathOf(page, RECOVERED_PATH), returnTo);
}

async function showRecovered(page: KnownPageRequest, gathered: Gathered): Promise<void> {
  const { context, identity, json, res, returnTo, translator } = page;
  const refused = refuseOwnPage(identity.subject, gathered);
  if (refused !== null) return refuse(page, refused);
  const { facts, member } = gathered;
  const { recoveryCodesLeft: left } = member;
  const next = returnTo ?? context.options.defaultReturnTo;
  if (json) {
    res.json({ recoveryCodesLeft: left, next });
    return;
  }
  const settings = pathOf(page, '/settings');
  await show(page, 'message', {
    tone: 'good',
    heading: translator.t('recovered.heading'),
    paragraphs: [translator.t('recovered.left', { count: left }), translator.t('recovered.lost')],
    retryAt: null,
    action: { label: translator.t('button.continue'), path: next },
    secondary:
      facts.featureAvailable && facts.policy.enabled
        ? { label: translator.t('recovered.replace'), path: settings }
        : null,
  });
}

async function findShown(page: KnownPageRequest, gathered: Gathered): Promise<ShownCodes | null> {
  const { context, identity } = page;
  return mayHaveCodes(page, gathered) ? findUnseenCodes(context, identity.subject, gathered.member) : null;
}

function mayHaveCodes({ req, identity }: KnownPageRequest, gathered: Gathered): boolean {
  return maySeeCodes(identity.subject, gathered, resumePathOf(req) !== null);
}

/** The path of the page with this session's unseen codes; null if there are none. `returnTo` is the page after it. */
export async function unseenCodesPath(
  page: KnownPageRequest,
  { member }: Pick<Gathered, 'member'>,
  returnTo: string | null,
): Promise<string | null> {
  const { unseenCodes } = readSessionData(page.req);
  const owner = ownerOfCodes(page.req);
  if (page.json || unseenCodes === undefined || owner === null) return null;
  const waiting = await findUnseenCodes(page.context, owner, member);
  return waiting === null ? null : withReturnTo(pathOf(page, PATH), returnTo);
}

function ownerOfCodes(req: Request): CodesOwner | null {
  const { session, login } = readSessionData(req);
  if (session !== undefined) return { userId: session.userId, ownerId: session.handle };
  if (login === undefined || resumePathOf(req) === null) return null;
  return { userId: login.userId, ownerId: login.pendingId };
}

/** Shows a new set until it is acknowledged, also after a reload and in other tabs. */
async function showCodes(page: KnownPageRequest, gathered: Gathered): Promise<void> {
  const shown = await findShown(page, gathered);
  if (page.json) {
    page.res.json({
      outcome: 'enrolled',
      next: pathOf(page, '/enroll/done'),
      ...(shown === null ? {} : { recoveryCodes: shown.codes }),
    });
    return;
  }
  await render(page, shown, null, 200);
}

async function render(
  page: KnownPageRequest,
  shown: ShownCodes | null,
  error: string | null,
  status: number,
): Promise<void> {
  const steps = readSessionData(page.req).enrolled?.steps ?? null;
  await show(
    page,
    'recovery-codes',
    {
      codes: shown?.codes ?? null,
      createdAt: page.translator.day(shown?.issuedAt ?? page.context.clock.now()),
      replacesOlder: shown?.replacesOlder ?? false,
      downloadPath: pathOf(page, `${PATH}/download`),
      error,
      progress: steps === null || shown?.replacesOlder === true ? null : { step: steps - 1, of: steps },
    },
    status,
  );
}

/** Without the tick, the same codes are shown again. */
async function acknowledge(page: KnownPageRequest, gathered: Gathered): Promise<void> {
  const { context, req, res, identity, returnTo } = page;
  const saved = fieldOf(req.body, 'saved');
  if (saved === undefined || saved === '' || saved === false) {
    const shown = await findShown(page, gathered);
    const refusal = { because: 'not-acknowledged', status: 400 };
    return answerRefusal(page, refusal, (status) =>
      render(page, shown, sentenceFor(page.translator, 'not-acknowledged'), status),
    );
  }
  if (mayHaveCodes(page, gathered)) await acknowledgeCodes(context, identity.subject);
  const { enrolled } = readSessionData(req);
  updateSessionData(req, { unseenCodes: undefined });
  const done = withReturnTo(pathOf(page, '/enroll/done'), returnTo);
  const next = enrolled === undefined ? (returnTo ?? pathOf(page, '/settings')) : done;
  return sendNext(req, res, { outcome: 'saved', next });
}

async function download(page: KnownPageRequest, gathered: Gathered): Promise<void> {
  const { res, identity, translator } = page;
  const shown = await findShown(page, gathered);
  if (shown === null) {
    const refusal = { because: 'codes-not-shown', status: 409 };
    return answerRefusal(page, refusal, (status) => render(page, null, null, status));
  }
  const about = translator.t('recoveryCodes.file', { day: translator.day(shown.issuedAt).text });
  const head = `${await nameForPerson(page)}, ${identity.account.name}\n${about}`;
  res
    .set({ 'Content-Disposition': 'attachment; filename="recovery-codes.txt"' })
    .type('text/plain')
    .send(`${head}\n\n${shown.codes.join('\n')}\n`);
}
