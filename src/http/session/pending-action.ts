import type { Request } from 'express';
import { hasEnded } from '../../core/text/credible-instant';
import { newId } from '../../flows/context/context';
import { readSessionData, updateSessionData } from './session-data';
import type { PendingAction, SettingsAct } from './session-data-text';

/** As long as the proof counts that it waits for. */
const WAITING_SECONDS = 600;
const MARK = 'act';

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
  return `${place.settingsPath}?${MARK}=${id}`;
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
  return new URLSearchParams(query).get(MARK) === id;
}
