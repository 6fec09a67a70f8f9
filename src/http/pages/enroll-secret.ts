import type { Router } from 'express';
import type { FactorKind } from '../../core/member/factor-kind';
import {
  BACKUP_PHONE_KIND,
  ENROLLABLE_KINDS,
  KIND_WITH_BACKUP,
  channelOfKind,
} from '../../factors/find-factor';
import { gatherFacts } from '../../flows/context/gather-facts';
import { findEnrollment, showEnrollment } from '../../flows/enrollment/enroll';
import type { HttpContext } from '../kernel/http-context';
import { field, knownPageRoute, pathOf, show, type KnownPageRequest } from '../kernel/page-route';
import { withReturnTo } from '../kernel/request';
import { sendNext } from '../kernel/respond';
import { readSessionData, updateSessionData } from '../session/session-data';
import { errorText } from './challenge-view';
import { confirmAndContinue, startAndShow } from './confirm-enrollment';
import { describeAddition, openEnrollment, progressAt, type EnrollmentPermission } from './wizard';

/** Sets up kinds that have their own secret, such as an authenticator app. */
export function addSecretRoutes(router: Router, context: HttpContext): void {
  for (const kind of ENROLLABLE_KINDS.filter((one) => channelOfKind(one) === null)) {
    const path = `/enroll/${kind}`;
    const route = (act: typeof showForm) => knownPageRoute(context, (page) => act(page, kind));
    router.get(path, route(showForm));
    router.post(path, route(begin));
    router.post(`${path}/confirm`, route(confirm));
  }
}

async function showForm(page: KnownPageRequest, kind: FactorKind): Promise<void> {
  const permission = await openEnrollment(page, kind);
  if (permission === null) return;
  const started = await findEnrollment(page.context, page.identity.subject, kind);
  if (page.json) {
    const next = pathOf(page, `/enroll/${kind}`);
    page.res.json({ outcome: 'enroll', next, started: started !== undefined });
    return;
  }
  if (started !== undefined) return renderSecret(page, kind, { started, error: null, status: 200 });
  const backupPhone = wantsBackupPhone(page, kind, permission);
  const inSettings = permission.because === 'settings';
  const progress = inSettings ? null : progressAt('install', { kind, backupPhone });
  await show(page, 'enroll-before', { kind, progress, cancelPath: cancelPathOf(page, inSettings) });
}

function cancelPathOf(page: KnownPageRequest, inSettings: boolean): string {
  return inSettings ? pathOf(page, '/settings') : withReturnTo(pathOf(page, '/enroll'), page.returnTo);
}

/** Whether the policy asks for a backup phone with this kind, and the person has none. */
function wantsBackupPhone(
  page: KnownPageRequest,
  kind: FactorKind,
  { gathered }: EnrollmentPermission,
): boolean {
  const { policy, availableKinds, authenticators } = gathered.facts;
  const { wizard } = readSessionData(page.req);
  if (BACKUP_PHONE_KIND === null || kind !== KIND_WITH_BACKUP) return false;
  if (wizard?.backupPhone === 'done') return true;
  const possible = [policy.methods, availableKinds].every((kinds) => kinds.includes(BACKUP_PHONE_KIND ?? ''));
  return policy.backupPhone && possible && !authenticators.some((one) => one.kind === BACKUP_PHONE_KIND);
}

async function begin(page: KnownPageRequest, kind: FactorKind): Promise<void> {
  const permission = await openEnrollment(page, kind);
  if (permission === null) return;
  const { req, res } = page;
  const isSkipped = field(page, 'backupPhone') === 'skip';
  if (isSkipped && readSessionData(req).wizard?.backupPhone === 'asked') {
    updateSessionData(req, { wizard: { kind, backupPhone: 'not-asked' } });
  } else if (
    wantsBackupPhone(page, kind, permission) &&
    readSessionData(req).wizard?.backupPhone !== 'done'
  ) {
    updateSessionData(req, { wizard: { kind, backupPhone: 'asked' } });
    return sendNext(req, res, {
      outcome: 'enroll',
      because: 'backup-phone',
      anyOf: [BACKUP_PHONE_KIND],
      next: withReturnTo(pathOf(page, `/enroll/${BACKUP_PHONE_KIND}`), page.returnTo),
    });
  }
  return startAndShow(page, kind, permission);
}

type Started = NonNullable<Awaited<ReturnType<typeof findEnrollment>>>;

async function renderSecret(
  page: KnownPageRequest,
  kind: FactorKind,
  view: {
    readonly started: Started;
    readonly error: string | null;
    readonly clockIsOff?: boolean;
    readonly status: number;
  },
): Promise<void> {
  const { started, error, clockIsOff = false, status } = view;
  const { context, identity } = page;
  const gathered = await gatherFacts(context, identity.account, identity.subject);
  const shown = await showEnrollment(context, gathered, started);
  const addition = describeAddition(page, gathered, kind);
  const backupPhone = readSessionData(page.req).wizard?.backupPhone === 'done';
  await show(
    page,
    'enroll-secret',
    {
      kind,
      shown: shown.view,
      error,
      clockIsOff,
      suggestedLabel: addition?.suggestedLabel ?? null,
      offerEndOthers: addition !== null,
      cancelPath: cancelPathOf(page, addition !== null),
      progress: addition === null ? progressAt('scan', { kind, backupPhone }) : null,
    },
    status,
  );
}

async function confirm(page: KnownPageRequest, kind: FactorKind): Promise<void> {
  await confirmAndContinue(page, kind, async (refusal, status) => {
    const started = await findEnrollment(page.context, page.identity.subject, kind);
    if (started === undefined) return page.res.redirect(303, pathOf(page, `/enroll/${kind}`));
    const clockIsOff = refusal.because === 'clock-off';
    return renderSecret(page, kind, {
      started,
      error: errorText(page.translator, refusal, kind),
      clockIsOff,
      status,
    });
  });
}
