import type { Router } from 'express';
import { MfaError } from '../../core/errors';
import { isEnrollableKind } from '../../factors/find-factor';
import type { MemberAdminAct } from '../../flows/admin/admin-authority';
import {
  endMemberExemption,
  endMemberSessions,
  exemptMember,
  resetMemberFactors,
  setMember,
  unlockMemberFactors,
} from '../../flows/admin/member-acts';
import { remindMember } from '../../flows/admin/remind-member';
import { sentenceFor } from '../kernel/language';
import { answerRefusal } from '../kernel/page-route';
import { fieldOf, textField } from '../kernel/request';
import { sendNext } from '../kernel/respond';
import { pathWith } from './admin-page';
import { changeRoute, pathParameter, readRoute, type AdminPage, type AdminRoutes } from './admin-route';
import { findUnknownField, parseInstant, parseSwitch } from './form-fields';
import { findMemberOf, renderMember, showMember } from './member';
import { memberPath } from './members';

export function addMemberActRoutes(router: Router, routes: AdminRoutes): void {
  const path = '/:organizationId/members/:userId';
  router.get(path, readRoute(routes, showMember));
  const acts = [
    ['settings', saveSettings],
    ['exemption', grantExemption],
    ['exemption/end', endExemption],
    ['unlock', unlock],
    ['remind', remind],
  ] as const;
  for (const [name, act] of acts) {
    const route = `${path}/${name}`;
    router.post(route, changeRoute(routes, backToMember, act, route));
  }
  // These cannot be undone, so they are confirmed after the proof.
  router.post(`${path}/reset`, changeRoute(routes, backToMember, reset));
  router.post(`${path}/end-sessions`, changeRoute(routes, backToMember, endSessions));
}

function backToMember(page: AdminPage): string {
  return `/members/${encodeURIComponent(pathParameter(page, 'userId'))}`;
}

function memberAct(page: AdminPage): MemberAdminAct {
  return { ...page.act, userId: pathParameter(page, 'userId') };
}

async function answer(
  page: AdminPage,
  result: { readonly outcome: string; readonly because?: string },
  feedback: { readonly done: string; readonly field?: string },
): Promise<void> {
  const { outcome, because } = result;
  if (outcome === 'not-found') throw new MfaError('not-found', 'There is nothing here.');
  if (outcome === 'refused') return refuseAct(page, because ?? 'malformed', feedback.field);
  const { outcome: _outcome, because: _because, ...more } = result;
  const path = memberPath(page, pathParameter(page, 'userId'));
  const next = page.json ? path : pathWith(path, { done: feedback.done });
  sendNext(page.req, page.res, { outcome, next, ...more });
}

export const FIELD_OF_REASON: ReadonlyMap<string, string> = new Map([
  ['reason-missing', 'reason'],
  ['end-not-in-future', 'until'],
  ['end-too-far', 'until'],
  ['malformed-date', 'until'],
  ['kind-not-allowed', 'assignedKind'],
]);

const STATUS_OF_REASON: ReadonlyMap<string, number> = new Map([
  ['not-yourself', 403],
  ['protected-elsewhere', 409],
  ['not-waiting', 409],
  ['no-email-address', 409],
  ['reminded-today', 409],
]);

async function refuseAct(page: AdminPage, because: string, field?: string): Promise<void> {
  const status = STATUS_OF_REASON.get(because) ?? 400;
  const named = field ?? FIELD_OF_REASON.get(because) ?? 'member';
  return answerRefusal(page, { because, status }, async (shownStatus) => {
    const member = await findMemberOf(page);
    await renderMember(page, {
      member,
      errors: { [named]: sentenceFor(page.translator, because) },
      status: shownStatus,
    });
  });
}

/** The member is looked up first: a foreign member answers 404 even if the form is invalid. */
async function refuseUnknownField(page: AdminPage, known: readonly string[]): Promise<boolean> {
  if (findUnknownField(page, known) === null) return false;
  await findMemberOf(page);
  await refuseAct(page, 'unknown-field');
  return true;
}

async function saveSettings(page: AdminPage): Promise<void> {
  const { context, req } = page;
  if (await refuseUnknownField(page, ['enabled', 'assignedKind', 'whole'])) return;
  const submitted = parseSwitch(req.body, 'enabled');
  const enabled = submitted === null && fieldOf(req.body, 'whole') === 'yes' ? false : submitted;
  const kind = fieldOf(req.body, 'assignedKind') ?? null;
  const assignedKind = kind === '' || kind === null ? null : kind;
  if (typeof enabled !== 'boolean' || (assignedKind !== null && !isEnrollableKind(assignedKind))) {
    await findMemberOf(page);
    return refuseAct(page, typeof enabled === 'boolean' ? 'kind-not-allowed' : 'malformed');
  }
  const result = await setMember(context, { ...memberAct(page), enabled, assignedKind });
  return answer(page, result, { done: 'settings' });
}

async function grantExemption(page: AdminPage): Promise<void> {
  const { context, req } = page;
  if (await refuseUnknownField(page, ['reason', 'until'])) return;
  const until = parseInstant(fieldOf(req.body, 'until'));
  if (until === null) {
    await findMemberOf(page);
    return refuseAct(page, 'malformed-date');
  }
  const reason = textField(req.body, 'reason');
  const result = await exemptMember(context, { ...memberAct(page), reason, until });
  return answer(page, result, { done: 'exempted' });
}

async function endExemption(page: AdminPage): Promise<void> {
  return answer(page, await endMemberExemption(page.context, memberAct(page)), { done: 'exemption-ended' });
}

async function reset(page: AdminPage): Promise<void> {
  if (await refuseUnknownField(page, ['reason'])) return;
  const reason = textField(page.req.body, 'reason');
  const result = await resetMemberFactors(page.context, { ...memberAct(page), reason });
  const because = result.outcome === 'refused' && result.because === 'reason-missing';
  return answer(page, result, { done: 'reset', ...(because ? { field: 'resetReason' } : {}) });
}

async function unlock(page: AdminPage): Promise<void> {
  return answer(page, await unlockMemberFactors(page.context, memberAct(page)), { done: 'unlocked' });
}

async function remind(page: AdminPage): Promise<void> {
  return answer(page, await remindMember(page.context, memberAct(page)), { done: 'reminded' });
}

async function endSessions(page: AdminPage): Promise<void> {
  return answer(page, await endMemberSessions(page.context, memberAct(page)), { done: 'sessions-ended' });
}
