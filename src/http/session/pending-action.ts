import type { Request } from 'express';
import { hasEnded } from '../../core/clock';
import { newId } from '../../flows/context/context';
import { fieldOf } from '../kernel/request';
import { readSessionData, updateSessionData } from './session-data';
import type { PendingAction, SavedForm, SettingsAct } from './session-data-text';

/** Kept for 10 minutes, as long as the proof that it waits for is valid. */
const WAITING_SECONDS = 600;
const ACT_PARAMETER = 'act';

/** Only a step-up that was started for this action has the returned path, so other proofs do not trigger the action. */
export function savePendingAction(
  req: Request,
  act: SettingsAct,
  place: { readonly settingsPath: string; readonly now: number },
): string {
  const id = newId();
  updateSessionData(req, { pendingAction: { id, act, until: place.now + WAITING_SECONDS * 1000 } });
  return `${place.settingsPath}?${ACT_PARAMETER}=${id}`;
}

/** The action whose id is in `returnTo`, if it is still pending. */
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
  return new URLSearchParams(query).get(ACT_PARAMETER) === id;
}

const FORM_PARAMETER = 'kept';
const LONGEST_TEXT = 500;
const MOST_CHOICES = 10;
const LONGEST_CHOICE = 40;
/** The ids of chosen members: as many as fit into a URL. */
const LONGEST_SELECTION = 16_000;

/** The fields that are saved and shown again. They include no passwords, codes or tokens. */
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

/** Returns the path back to the form. Only a step-up that was started for this form has that path. */
export function saveForm(
  req: Request,
  form: Pick<SavedForm, 'path' | 'organizationId' | 'userId' | 'seen' | 'route'> & { readonly now: number },
): string {
  const { now, ...about } = form;
  const id = newId();
  const fields: Record<string, string | readonly string[]> = {};
  let cut = false;
  for (const name of FIELDS) {
    const sent = fieldOf(req.body, name);
    const kept = name === 'selection' ? toSavedSelection(sent) : toSavedValue(sent);
    if (kept !== null) fields[name] = kept;
    if (sent !== undefined && JSON.stringify(kept) !== JSON.stringify(sent)) cut = true;
  }
  const act = req.path.split('/').at(-1) ?? '';
  const until = now + WAITING_SECONDS * 1000;
  updateSessionData(req, { savedForm: { id, ...about, act, fields, cut, until } });
  return `${form.path}?${FORM_PARAMETER}=${id}`;
}

function toSavedValue(value: unknown): string | readonly string[] | null {
  if (typeof value === 'string') return value.slice(0, LONGEST_TEXT);
  if (!Array.isArray(value)) return null;
  const choices: readonly unknown[] = value.slice(0, MOST_CHOICES);
  return choices.filter((one) => typeof one === 'string').map((one) => one.slice(0, LONGEST_CHOICE));
}

/** Keep all or nothing: part of a selection would select other members. */
function toSavedSelection(value: unknown): string | null {
  return typeof value === 'string' && value.length <= LONGEST_SELECTION ? value : null;
}

/** A form for one member or organization is never shown for another. */
export function findSavedForm(req: Request, returnTo: string, now: number): SavedForm | null {
  const { savedForm } = readSessionData(req);
  if (savedForm === undefined || hasEnded(savedForm.until, WAITING_SECONDS, now)) return null;
  const [path, query = ''] = returnTo.split('?');
  return path === savedForm.path && new URLSearchParams(query).get(FORM_PARAMETER) === savedForm.id
    ? savedForm
    : null;
}

export function dropSavedForm(req: Request): void {
  if (readSessionData(req).savedForm !== undefined) updateSessionData(req, { savedForm: undefined });
}
