import type { Request } from 'express';
import { hasEnded } from '../../core/text/credible-instant';
import { newId } from '../../flows/context/context';
import { readSlot, updateSlot } from './session-slot';
import { type WaitingActSlot } from './session-slot-text';
import { type SettingsAct } from './session-slot-text';

/** As long as the proof counts that it waits for. */
const WAITING_SECONDS = 600;
const MARK = 'act';

/**
 * Remembers what was asked until the proof is given, and returns the way back that names it. Only a step-up that was begun
 * for this act carries that name, so that a proof given for something else sets nothing off.
 */
export function keepWaitingAct(
  req: Request,
  act: SettingsAct,
  place: { readonly settingsPath: string; readonly now: number },
): string {
  const id = newId();
  updateSlot(req, { waitingAct: { id, act, until: place.now + WAITING_SECONDS * 1000 } });
  return `${place.settingsPath}?${MARK}=${id}`;
}

/** The act that a way back names, if it still waits. */
export function findWaitingAct(req: Request, returnTo: string | null, now: number): SettingsAct | null {
  const { waitingAct } = readSlot(req);
  if (waitingAct === undefined || returnTo === null) return null;
  if (hasEnded(waitingAct.until, WAITING_SECONDS, now)) return null;
  return isNamedBy(waitingAct, returnTo) ? waitingAct.act : null;
}

export function dropWaitingAct(req: Request): void {
  updateSlot(req, { waitingAct: undefined });
}

function isNamedBy({ id }: WaitingActSlot, returnTo: string): boolean {
  const query = returnTo.split('?')[1] ?? '';
  return new URLSearchParams(query).get(MARK) === id;
}
