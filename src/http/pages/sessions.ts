import type { Router } from 'express';
import { MfaError } from '../../core/errors';
import { readBrowser } from '../../core/text/browser-name';
import { gatherFacts, type Gathered } from '../../flows/context/gather-facts';
import { refuseOwnPage } from '../../flows/context/judge-access';
import { endOwnOtherSessions, endSessionOfUser } from '../../flows/sessions/end-sessions';
import { listLiveSessions } from '../../flows/sessions/list-sessions';
import type { MessageKey } from '../../messages/catalogues';
import { browserInWords, type Translator } from '../../messages/translator';
import type { SessionEntry } from '../../stores/state-store';
import type { HttpContext } from '../kernel/http-context';
import { proofInWords } from '../kernel/language';
import { knownPageRoute, pathOf, refuse, show, type KnownPageRequest } from '../kernel/page-route';
import { originOf } from '../kernel/request';
import { sendNext } from '../kernel/respond';
import { recordSeen } from '../sign-in/guard';

export function addSessionRoutes(router: Router, context: HttpContext): void {
  router.get('/sessions', knownPageRoute(context, showSessions));
  router.post('/sessions/end-others', knownPageRoute(context, endOthers));
  router.post('/sessions/:id/end', knownPageRoute(context, endOne));
}

/** The facts of a session that is allowed to see its owner's settings and lists; null if the request was refused and answered. */
export async function openOwnPage(
  page: KnownPageRequest,
  reading: Promise<Gathered>,
): Promise<Gathered | null> {
  const gathered = await reading;
  const refused = refuseOwnPage(page.identity.subject, gathered);
  if (refused !== null) {
    await refuse(page, refused);
    return null;
  }
  await recordSeen(page.context, page.req, page.identity.subject, gathered);
  return gathered;
}

function readFacts({ context, identity }: KnownPageRequest): Promise<Gathered> {
  return gatherFacts(context, identity.account, identity.subject);
}

const NOTICES: ReadonlyMap<unknown, MessageKey> = new Map<unknown, MessageKey>([
  ['one', 'sessions.ended.one'],
  ['others', 'sessions.ended.others'],
]);

async function showSessions(page: KnownPageRequest): Promise<void> {
  const { context, req, res, identity, json } = page;
  const facts = readFacts(page);
  const listing = listLiveSessions(context, { userId: identity.account.id, facts });
  const [gathered, listed] = await Promise.all([openOwnPage(page, facts), listing]);
  if (gathered === null) return;
  const current = identity.subject.ownerId;
  // The current session is in use now. Its stored time is updated only from time to time.
  const sessions = listed.map((one) => (one.handle === current ? { ...one, seenAt: gathered.now } : one));
  if (json) {
    res.json({ sessions: sessions.map((session) => toJson(page.translator, session, current)) });
    return;
  }
  const { featureAvailable, policy } = gathered.facts;
  const notice = NOTICES.get(req.query['ended']);
  await show(page, 'sessions', {
    notice: notice === undefined ? null : page.translator.t(notice),
    sessions: sessions
      .map((session) => toRow(page.translator, session, current))
      .toSorted((one, other) => Number(other.current) - Number(one.current)),
    settingsPath: featureAvailable && policy.enabled ? pathOf(page, '/settings') : null,
  });
}

function toRow(translator: Translator, session: SessionEntry, current: string) {
  const { handle, userAgent, address, startedAt, seenAt, methods } = session;
  return {
    id: handle,
    browser: browserInWords(translator, readBrowser(userAgent)),
    address,
    startedAt: translator.moment(startedAt),
    lastSeenAt: translator.moment(seenAt),
    proof: proofInWords(translator, methods),
    current: handle === current,
  };
}

function toJson(translator: Translator, session: SessionEntry, current: string) {
  const { handle, userAgent, address, startedAt, seenAt, expiresAt, methods } = session;
  const browser = browserInWords(translator, readBrowser(userAgent));
  return {
    id: handle,
    browser,
    address,
    startedAt,
    lastSeenAt: seenAt,
    expiresAt,
    methods,
    current: handle === current,
  };
}

async function endOne(page: KnownPageRequest): Promise<void> {
  const { context, req, res, identity } = page;
  if ((await openOwnPage(page, readFacts(page))) === null) return;
  const { id: userId, organizationId } = identity.account;
  const { address } = originOf(req);
  const handle = String(req.params['id']);
  const ended = await endSessionOfUser(context, { userId, organizationId, handle, address });
  if (!ended) throw new MfaError('not-found', 'There is no such session.');
  sendNext(req, res, { outcome: 'ended', next: `${pathOf(page, '/sessions')}?ended=one` });
}

async function endOthers(page: KnownPageRequest): Promise<void> {
  const { context, req, res, identity } = page;
  if ((await openOwnPage(page, readFacts(page))) === null) return;
  const { account, subject } = identity;
  const count = await endOwnOtherSessions(context, { account, subject, origin: originOf(req) });
  sendNext(req, res, { outcome: 'ended', count, next: `${pathOf(page, '/sessions')}?ended=others` });
}
