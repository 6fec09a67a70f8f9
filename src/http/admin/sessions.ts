import type { Router } from 'express';
import { MfaError } from '../../core/errors';
import type { Policy } from '../../core/policy/policy';
import { readBrowser } from '../../core/text/browser-name';
import { endAllSessions } from '../../flows/admin/end-sessions';
import { endOneMemberSession } from '../../flows/admin/member-acts';
import { readPolicy } from '../../flows/context/gather-facts';
import {
  listOrganizationSessions,
  type ListedSession,
  type SessionPage,
} from '../../flows/sessions/list-sessions';
import { browserInWords } from '../../messages/translator';
import { proofInWords } from '../kernel/language';
import { refusePlainly, show } from '../kernel/page-route';
import type { Moment } from '../kernel/render-page';
import { sendNext } from '../kernel/respond';
import { readSessionData, updateSessionData } from '../session/session-data';
import {
  PAGE_SIZE,
  adminHead,
  pageSize,
  pagingOf,
  pathWith,
  searchQuery,
  textQuery,
  type Paging,
  type WithAdmin,
} from './admin-page';
import { changeRoute, pathParameter, readRoute, type AdminPage, type AdminRoutes } from './admin-route';
import { parseSwitch } from './form-fields';
import { memberPath } from './members';
import { savedDraft } from './policy-form';
import { durationField, type DurationField } from './words';

declare module '../kernel/render-page' {
  interface ViewLocals {
    'admin/sessions': AdminSessionsLocals;
  }
}

export interface AdminSessionsLocals extends WithAdmin, Omit<Paging, 'range'> {
  readonly version: number;
  readonly sessionDuration: DurationField;
  readonly idleTimeout: DurationField;
  readonly errors: Readonly<Record<string, string>>;
  readonly query: string;
  readonly sessions: readonly SessionRow[];
  /** True if ending every session was requested before the proof: the page opens at the button that confirms it. */
  readonly ending: boolean;
  readonly keepMine: boolean;
}

interface SessionRow {
  readonly name: string;
  readonly email: string | null;
  readonly memberPath: string;
  readonly endPath: string;
  readonly browser: string;
  readonly address: string;
  readonly proof: string;
  readonly lastSeenAt: Moment;
  readonly current: boolean;
}

export function addSessionsRoutes(router: Router, routes: AdminRoutes): void {
  const toList = () => '/sessions';
  router.get('/:organizationId/sessions', readRoute(routes, showSessions));
  router.post('/:organizationId/sessions/end-all', changeRoute(routes, toList, endEverySession));
  router.post(
    '/:organizationId/members/:userId/sessions/:id/end',
    changeRoute(routes, toList, endOneSession),
  );
}

async function showSessions(page: AdminPage): Promise<void> {
  const { context, organization } = page;
  if (pageSize(page.req) === null) {
    const next = `${page.basePath}/sessions`;
    return refusePlainly(page, { because: 'page-size', status: 400, next });
  }
  const policy = await readPolicy(context, organization.id);
  const { sessionDurationSeconds, idleTimeoutSeconds, version } = policy;
  if (page.json) {
    const { sessions, ...next } = await listPage(page);
    const listed = sessions.map((one) => toJson(page, one));
    page.res.json({ sessionDurationSeconds, idleTimeoutSeconds, version, sessions: listed, ...next });
    return;
  }
  await renderSessions(page, { policy: savedDraft(page, policy), errors: {}, status: 200 });
}

function listPage(page: AdminPage): Promise<SessionPage> {
  const { context, organization, req } = page;
  return listOrganizationSessions(context, {
    organizationId: organization.id,
    search: searchQuery(req),
    cursor: textQuery(req, 'cursor'),
    limit: pageSize(req) ?? PAGE_SIZE,
  });
}

/** Renders the list of sessions. After a refused form it shows the errors and the first page of sessions. */
export async function renderSessions(
  page: AdminPage,
  shown: {
    readonly policy: Policy;
    readonly errors: Readonly<Record<string, string>>;
    readonly status: number;
  },
): Promise<void> {
  const { policy, errors, status } = shown;
  const { kept, req } = page;
  const ending = kept?.act === 'end-all';
  const { sessions, nextCursor } = await listPage(page);
  const query = { q: searchQuery(req), limit: textQuery(req, 'limit') };
  const { firstPath, previousPath, nextPath } = pagingOf(req, {
    path: `${page.basePath}/sessions`,
    query,
    rows: sessions.length,
    total: null,
    nextCursor,
  });
  return show(
    page,
    'admin/sessions',
    {
      admin: adminHead(page, 'sessions', true),
      version: policy.version,
      sessionDuration: durationField(policy.sessionDurationSeconds),
      idleTimeout: durationField(policy.idleTimeoutSeconds),
      errors,
      query: query.q,
      sessions: sessions.map((one) => toRow(page, one)),
      firstPath,
      previousPath,
      nextPath,
      ending,
      keepMine: !ending || parseSwitch(kept.fields, 'keepMine') === true,
    },
    status,
  );
}

const isCurrent = ({ identity }: AdminPage, { account, session }: ListedSession) =>
  account.id === identity.account.id && session.handle === identity.subject.ownerId;

function toRow(page: AdminPage, listed: ListedSession): SessionRow {
  const { account, session } = listed;
  const path = memberPath(page, account.id);
  return {
    name: account.name,
    email: account.email ?? null,
    memberPath: path,
    endPath: `${path}/sessions/${encodeURIComponent(session.handle)}/end`,
    browser: browserInWords(page.translator, readBrowser(session.userAgent)),
    address: session.address,
    proof: proofInWords(page.translator, session.methods),
    lastSeenAt: page.translator.moment(session.seenAt),
    current: isCurrent(page, listed),
  };
}

function toJson(page: AdminPage, listed: ListedSession) {
  const { account, session } = listed;
  const { handle, userAgent, address, startedAt, seenAt, expiresAt, methods } = session;
  return {
    id: handle,
    userId: account.id,
    name: account.name,
    browser: browserInWords(page.translator, readBrowser(userAgent)),
    address,
    startedAt,
    lastSeenAt: seenAt,
    expiresAt,
    methods,
    current: isCurrent(page, listed),
  };
}

async function endOneSession(page: AdminPage): Promise<void> {
  const userId = pathParameter(page, 'userId');
  const handle = pathParameter(page, 'id');
  const { outcome } = await endOneMemberSession(page.context, { ...page.act, userId, handle });
  if (outcome === 'not-found') throw new MfaError('not-found', 'There is nothing here.');
  const path = `${page.basePath}/sessions`;
  const next = page.json ? path : pathWith(path, { done: 'session-ended' });
  sendNext(page.req, page.res, { outcome, next });
}

async function endEverySession(page: AdminPage): Promise<void> {
  const { context, req, res, act, basePath } = page;
  const { session } = readSessionData(req);
  const keep = parseSwitch(req.body, 'keepMine') === true ? session : undefined;
  const { outcome, keptEpochs } = await endAllSessions(context, { ...act, keep });
  if (session !== undefined && keptEpochs !== null)
    updateSessionData(req, { session: { ...session, organizationEpochs: keptEpochs } });
  const path = `${basePath}/sessions`;
  const next = page.json ? path : pathWith(path, { done: 'all-sessions-ended' });
  sendNext(req, res, { outcome, next });
}
