import type { Router } from 'express';
import { MfaError } from '../../core/errors';
import type { FactorKind } from '../../core/member/factor-kind';
import { wordsOf } from '../../factors/factor-words';
import {
  assignableKinds,
  findBulkProgress,
  startBulkAct,
  type BulkProgress,
} from '../../flows/admin/bulk-act';
import { countSelection, findChosen, type BulkAct, type BulkSelection } from '../../flows/admin/bulk-request';
import { newId } from '../../flows/context/context';
import type { Moment } from '../../messages/translator';
import { sentenceFor } from '../kernel/language';
import { answerRefusal, refusePlainly, show } from '../kernel/page-route';
import { fieldOf, textField } from '../kernel/request';
import { sendNext } from '../kernel/respond';
import { bodyParsers } from '../pages/router';
import { dropSavedForm } from '../session/pending-action';
import { adminHead, pathWith, type WithAdmin } from './admin-page';
import {
  pathParameter,
  readRoute,
  refuseChange,
  sentForm,
  type AdminPage,
  type AdminRoutes,
} from './admin-route';
import {
  dayField,
  findUnknownField,
  formSelection,
  parseAct,
  parseSelection,
  readChange,
  readRun,
  sentSelection,
  writeSelection,
} from './form-fields';
import { FIELD_OF_REASON } from './member-acts';

declare module '../kernel/render-page' {
  interface ViewLocals {
    'admin/bulk': BulkLocals;
    'admin/bulk-progress': BulkProgressLocals;
  }
}

export interface BulkLocals extends WithAdmin {
  readonly act: BulkAct;
  readonly count: number;
  /** True if there are more members than `count`. */
  readonly more: boolean;
  /** The chosen members; empty if a filter chooses them. */
  readonly names: readonly string[];
  readonly selection: string;
  readonly run: string;
  readonly kinds: readonly { readonly kind: FactorKind; readonly name: string }[];
  readonly fields: { readonly assignedKind: string; readonly reason: string; readonly until: string };
  readonly earliest: string;
  readonly errors: Readonly<Record<string, string>>;
  readonly backPath: string;
}

export interface BulkProgressLocals extends WithAdmin {
  readonly act: BulkAct;
  readonly running: boolean;
  readonly stopped: boolean;
  readonly done: number;
  readonly total: number | null;
  readonly people: number;
  readonly startedAt: Moment;
  readonly finishedAt: Moment | null;
  readonly againPath: string;
}

/** Changes to many members at once. Their paths are not below `/members`, because a member's id could be any word. */
export function addBulkRoutes(router: Router, routes: AdminRoutes): void {
  // Ending sessions cannot be undone, so it is confirmed after the proof.
  for (const act of ['remind', 'assign', 'exempt'] as const) routes.acts.set(`${PATH}/${act}`, performBulk);
  router.get(PATH, readRoute(routes, showBulk));
  router.post(PATH, readRoute(routes, submitBulk));
  router.get(`${PATH}/:act`, readRoute(routes, showProgress));
}

const PATH = '/:organizationId/bulk';

/** Enough for the largest number of ids that can be chosen. */
const BODY_LIMIT = '64kb';

/** Must run before the parsers of the other pages, which have a lower limit. */
export function addBulkParsers(router: Router): void {
  router.post(PATH, ...bodyParsers(BODY_LIMIT));
}

async function showBulk(page: AdminPage): Promise<void> {
  const { context, organization, req, basePath } = page;
  const [, query = ''] = req.originalUrl.split('?');
  const given = new URLSearchParams(query);
  const form = sentForm(page);
  const act = parseAct(fieldOf(form, 'act') ?? given.get('act'));
  const selection = formSelection(form) ?? parseSelection(given);
  if (page.json) {
    if (act === null || selection === null) throw new MfaError('not-found', 'There is nothing here.');
    const size = await countSelection(context, organization.id, selection);
    page.res.json({ act, ...size, assignableKinds: await assignableKinds(context, organization.id) });
    return;
  }
  // This also happens if the form that was saved before the proof is gone.
  if (act === null || selection === null)
    return refusePlainly(page, { because: 'nobody-chosen', status: 404, next: `${basePath}/members` });
  await renderBulk(page, { act, selection, errors: {}, status: 200 });
}

async function renderBulk(
  page: AdminPage,
  shown: {
    readonly act: BulkAct;
    readonly selection: BulkSelection;
    readonly errors: Readonly<Record<string, string>>;
    readonly status: number;
  },
): Promise<void> {
  const { context, organization, basePath, gathered } = page;
  const { act, selection, errors, status } = shown;
  const form = sentForm(page);
  const [size, chosen, kinds] = await Promise.all([
    countSelection(context, organization.id, selection),
    findChosen(context, organization.id, 'userIds' in selection ? selection.userIds : []),
    assignableKinds(context, organization.id),
  ]);
  const listed = 'userIds' in selection ? {} : { filter: selection.filter, q: selection.query };
  await show(
    page,
    'admin/bulk',
    {
      admin: adminHead(page, 'members', false),
      act,
      count: size.count,
      more: size.more,
      names: chosen.map(({ name }) => name),
      selection: writeSelection(selection),
      run: newId(),
      kinds: kinds.map((kind) => ({ kind, name: wordsOf(page.translator, kind).name })),
      fields: {
        assignedKind: textField(form, 'assignedKind'),
        reason: textField(form, 'reason').slice(0, 500),
        until: textField(form, 'until').slice(0, 40),
      },
      earliest: dayField(gathered.now + DAY_MS),
      errors,
      backPath: pathWith(`${basePath}/members`, listed),
    },
    status,
  );
}

const DAY_MS = 86_400_000;

const FIELDS = ['act', 'selection', 'user', 'filter', 'q', 'reason', 'until', 'assignedKind', 'run'];

async function submitBulk(page: AdminPage): Promise<void> {
  const { req, unproven } = page;
  if (unproven !== null) {
    const act = parseAct(fieldOf(req.body, 'act')) ?? 'unknown';
    return refuseChange(page, unproven, { back: page.json ? '/members' : '/bulk', route: `${PATH}/${act}` });
  }
  dropSavedForm(req);
  return performBulk(page);
}

async function performBulk(page: AdminPage): Promise<void> {
  const { req, basePath, context, identity } = page;
  const act = parseAct(fieldOf(req.body, 'act'));
  const selection = sentSelection(req.body);
  const members = `${basePath}/members`;
  if (act === null || selection === null || findUnknownField(page, FIELDS) !== null) {
    return refusePlainly(page, { because: 'malformed', status: 400, next: members });
  }
  const change = readChange(req.body, act);
  const result =
    typeof change === 'string'
      ? ({ outcome: 'refused', because: change } as const)
      : await startBulkAct(context, {
          ...page.act,
          change,
          selection,
          run: readRun(req.body),
          epoch: identity.subject.epochs.user,
        });
  if (result.outcome === 'refused') {
    const { because } = result;
    const status = because === 'already-running' ? 409 : 400;
    const errors = { [FIELD_OF_REASON.get(because) ?? 'selection']: sentenceFor(page.translator, because) };
    return answerRefusal(page, { because, status }, (shownStatus) =>
      renderBulk(page, { act, selection, errors, status: shownStatus }),
    );
  }
  sendNext(req, page.res, { outcome: result.outcome, next: `${basePath}/bulk/${act}` });
}

async function showProgress(page: AdminPage): Promise<void> {
  const { context, organization, basePath } = page;
  const act = parseAct(pathParameter(page, 'act'));
  const progress =
    act === null ? null : await findBulkProgress(context, { organizationId: organization.id, act });
  if (progress === null) throw new MfaError('not-found', 'There is nothing here.');
  if (page.json) {
    page.res.json({ progress });
    return;
  }
  await show(page, 'admin/bulk-progress', {
    admin: adminHead(page, 'members', false),
    ...progressLocals(page, progress),
    againPath: `${basePath}/bulk/${progress.act}`,
  });
}

function progressLocals({ translator }: AdminPage, progress: BulkProgress) {
  const { act, finishedAt, stopped, done, of, people, startedAt } = progress;
  return {
    act,
    running: finishedAt === null,
    stopped: stopped !== null,
    done,
    total: of,
    people,
    startedAt: translator.moment(startedAt),
    finishedAt: finishedAt === null ? null : translator.moment(finishedAt),
  };
}
