import type { Request } from 'express';
import { hasEnded } from '../../core/text/credible-instant';
import { newId } from '../../flows/context/context';
import { fieldOf } from '../kernel/request';
import { readSessionData, updateSessionData } from './session-data';
import type { SavedForm } from './session-data-text';

/** As long as the proof counts that it waits for. */
const KEPT_SECONDS = 600;
const MARK = 'kept';
const LONGEST_TEXT = 500;
const MOST_CHOICES = 10;
const LONGEST_CHOICE = 40;

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
] as const;

/**
 * Keeps a form of the administrators' pages until the person has given the proof that it needs, and returns the path back to it. The form
 * is only filled in again; the person has to send it.
 */
export function keepForm(
  req: Request,
  { path, now }: { readonly path: string; readonly now: number },
): string {
  const id = newId();
  const fields = Object.fromEntries(
    FIELDS.flatMap((name) => {
      const value = toKept(fieldOf(req.body, name));
      return value === null ? [] : [[name, value] as const];
    }),
  );
  const act = req.path.split('/').at(-1) ?? '';
  updateSessionData(req, { savedForm: { id, path, act, fields, until: now + KEPT_SECONDS * 1000 } });
  return `${path}?${MARK}=${id}`;
}

function toKept(value: unknown): string | readonly string[] | null {
  if (typeof value === 'string') return value.slice(0, LONGEST_TEXT);
  if (!Array.isArray(value)) return null;
  const choices: readonly unknown[] = value.slice(0, MOST_CHOICES);
  return choices.filter((one) => typeof one === 'string').map((one) => one.slice(0, LONGEST_CHOICE));
}

/** The form that a way back names, if it still waits: what was meant for one member or organization is shown for no other. */
export function findSavedForm(req: Request, way: string, now: number): SavedForm | null {
  const { savedForm } = readSessionData(req);
  if (savedForm === undefined || hasEnded(savedForm.until, KEPT_SECONDS, now)) return null;
  const [path, query = ''] = way.split('?');
  return path === savedForm.path && new URLSearchParams(query).get(MARK) === savedForm.id ? savedForm : null;
}

/** Once something is changed, nothing waits any more. */
export function dropSavedForm(req: Request): void {
  if (readSessionData(req).savedForm !== undefined) updateSessionData(req, { savedForm: undefined });
}
