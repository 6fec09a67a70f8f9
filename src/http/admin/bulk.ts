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
import type { BulkAct } from '../../flows/admin/bulk-change';
import { countSelection, findChosen, type BulkSelection } from '../../flows/admin/bulk-selection';
import { newId } from '../../flows/context/context';
import { answerRefusal, refusePlainly, show } from '../kernel/page-route';
import type { Moment } from '../../messages/translator';
import { fieldOf, returnToHere, textField } from '../kernel/request';
import { sendNext } from '../kernel/respond';
import { sentenceFor } from '../kernel/sentences';
import { FIELD_OF_REASON } from './member-acts';
import { adminHead, pathWith, type WithAdmin } from './admin-page';
import { pathParameter, readRoute, refuseUnproven, type AdminPage, type AdminRoutes } from './admin-route';
import { parseAct, parseSelection, readChange, readRun, sentSelection, writeSelection } from './bulk-fields';
import { dayField, findUnknownField } from './form-fields';

declare module '../kernel/render-page' {
  interface ViewLocals {
    'admin/bulk': BulkLocals;
    'admin/bulk-progress': BulkProgressLocals;
  }
}

export interface BulkLocals extends WithAdmin {
  readonly act: BulkAct;
  readonly count: number;
  /** There are more than the count. */
  readonly more: boolean;
  /** The chosen members; empty where a filter chooses them. */
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

/** Acts on many members at once. The paths are beside the members', whose ids may be any word. */
export function addBulkRoutes(router: Router, routes: AdminRoutes): void {
  router.get('/:organizationId/bulk', readRoute(routes, showBulk));
  router.post('/:organizationId/bulk', readRoute(routes, submitBulk));
  router.get('/:organizationId/bulk/:act', readRoute(routes, showProgress));
}

async function showBulk(page: AdminPage): Promise<void> {
  const { context, organization, req, unproven, basePath } = page;
  const [, query = ''] = req.originalUrl.split('?');
  const given = new URLSearchParams(query);
  const act = parseAct(given.get('act'));
  const selection = parseSelection(given);
  if (act === null || selection === null) throw new MfaError('not-found', 'There is nothing here.');
  if (page.json) {
    const size = await countSelection(context, organization.id, selection);
    page.res.json({ act, ...size, assignableKinds: await assignableKinds(context, organization.id) });
    return;
  }
  if (unproven !== null)
    return refuseUnproven(page, unproven, returnToHere(context, req) ?? `${basePath}/members`);
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
  const { context, organization, basePath, gathered, req } = page;
  const { act, selection, errors, status } = shown;
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
        assignedKind: textField(req.body, 'assignedKind'),
        reason: textField(req.body, 'reason').slice(0, 500),
        until: textField(req.body, 'until').slice(0, 40),
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
  const { req, basePath, unproven, context, identity } = page;
  const act = parseAct(fieldOf(req.body, 'act'));
  const selection = sentSelection(page);
  const members = `${basePath}/members`;
  if (unproven !== null) {
    const known = act === null || selection === null ? '' : `act=${act}&${writeSelection(selection)}`;
    const here = `${basePath}/bulk?${known}`;
    return refuseUnproven(page, unproven, known === '' || here.length > LONGEST_PATH ? members : here);
  }
  if (act === null || selection === null || findUnknownField(page, FIELDS) !== null) {
    return refusePlainly(page, { because: 'malformed', status: 400, next: members });
  }
  const change = readChange(page, act);
  const result =
    typeof change === 'string'
      ? ({ outcome: 'refused', because: change } as const)
      : await startBulkAct(context, {
          ...page.act,
          change,
          selection,
          run: readRun(page),
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

/** A path that leads back is no longer than this. */
const LONGEST_PATH = 2000;

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
