import type { Request } from 'express';
import { hasEnded } from '../../core/clock';
import { newId } from '../../flows/context/context';
import { fieldOf } from '../kernel/request';
import { readSessionData, updateSessionData } from './session-data';
import type { PendingAction, SavedForm, SettingsAct } from './session-data-text';

/** As long as the proof counts that it waits for. */
const WAITING_SECONDS = 600;
const ACT_MARK = 'act';

/**
 * Remembers what was asked until the proof is given, and returns the way back that names it. Only a step-up that was begun
 * for this act carries that name, so that a proof given for something else sets nothing off.
 */
export function savePendingAction(
  req: Request,
  act: SettingsAct,
  place: { readonly settingsPath: string; readonly now: number },
): string {
  const id = newId();
  updateSessionData(req, { pendingAction: { id, act, until: place.now + WAITING_SECONDS * 1000 } });
  return `${place.settingsPath}?${ACT_MARK}=${id}`;
}

/** The act that a way back names, if it still waits. */
export function findPendingAction(req: Request, returnTo: string | null, now: number): SettingsAct | null {
  const { pendingAction } = readSessionData(req);
  if (pendingAction === undefined || returnTo === null) return null;
  if (hasEnded(pendingAction.until, WAITING_SECONDS, now)) return null;
  return isNamedBy(pendingAction, returnTo) ? pendingAction.act : null;
}

export function dropPendingAction(req: Request): void {
  updateSessionData(req, { pendingAction: undefined });
}

function isNamedBy({ id }: PendingAction, returnTo: string): boolean {
  const query = returnTo.split('?')[1] ?? '';
  return new URLSearchParams(query).get(ACT_MARK) === id;
}

const FORM_MARK = 'kept';
const LONGEST_TEXT = 500;
const MOST_CHOICES = 10;
const LONGEST_CHOICE = 40;
/** Chosen members: all that fit into the address of the page that asks what to do with them. */
const LONGEST_SELECTION = 16_000;

/** What a form sent, as it is shown again. Nothing that proves anything is among these. */
const FIELDS = [
  'whole',
  'version',
  'page',
  'enabled',
  'enrollment',
  'methods',
  'strength',
  'enrollAtSignUp',
  'backupPhone',
  'challengeFederated',
  'smsFallback',
  'newBrowserNotice',
  'graceUntil',
  'skips',
  'rememberBrowser',
  'rememberBrowserUnit',
  'sessionDuration',
  'sessionDurationUnit',
  'idleTimeout',
  'idleTimeoutUnit',
  'assignedKind',
  'reason',
  'until',
  'forgetDevices',
  'keepMine',
  'act',
  'selection',
  'run',
] as const;

/**
 * Keeps a form of the administrators' pages until the person has given the proof that it needs, and returns the path back to it. Only
 * a step-up that was begun for this form carries that path.
 */
export function keepForm(
  req: Request,
  form: Pick<SavedForm, 'path' | 'organizationId' | 'userId' | 'seen' | 'route'> & { readonly now: number },
): string {
  const { now, ...about } = form;
  const id = newId();
  const fields: Record<string, string | readonly string[]> = {};
  let cut = false;
  for (const name of FIELDS) {
    const sent = fieldOf(req.body, name);
    const kept = name === 'selection' ? toKeptSelection(sent) : toKept(sent);
    if (kept !== null) fields[name] = kept;
    if (sent !== undefined && JSON.stringify(kept) !== JSON.stringify(sent)) cut = true;
  }
  const act = req.path.split('/').at(-1) ?? '';
  const until = now + WAITING_SECONDS * 1000;
  updateSessionData(req, { savedForm: { id, ...about, act, fields, cut, until } });
  return `${form.path}?${FORM_MARK}=${id}`;
}

function toKept(value: unknown): string | readonly string[] | null {
  if (typeof value === 'string') return value.slice(0, LONGEST_TEXT);
  if (!Array.isArray(value)) return null;
  const choices: readonly unknown[] = value.slice(0, MOST_CHOICES);
  return choices.filter((one) => typeof one === 'string').map((one) => one.slice(0, LONGEST_CHOICE));
}

/** Whole or not at all: a part would name other members. */
function toKeptSelection(value: unknown): string | null {
  return typeof value === 'string' && value.length <= LONGEST_SELECTION ? value : null;
}

/** The form that a way back names, if it still waits: what was meant for one member or organization is shown for no other. */
export function findSavedForm(req: Request, way: string, now: number): SavedForm | null {
  const { savedForm } = readSessionData(req);
  if (savedForm === undefined || hasEnded(savedForm.until, WAITING_SECONDS, now)) return null;
  const [path, query = ''] = way.split('?');
  return path === savedForm.path && new URLSearchParams(query).get(FORM_MARK) === savedForm.id
    ? savedForm
    : null;
}

/** Once something is changed, nothing waits any more. */
export function dropSavedForm(req: Request): void {
  if (readSessionData(req).savedForm !== undefined) updateSessionData(req, { savedForm: undefined });
}
