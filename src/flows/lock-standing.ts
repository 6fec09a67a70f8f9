import { isLocked } from '../core/authenticator';
import type { Gathered } from './gather-facts';

/** Whether codes or recovery codes are refused now. */
export function isLockedOut({ member, now }: Pick<Gathered, 'member' | 'now'>): boolean {
  return isLocked(member.guesses.codes, now) || isLocked(member.guesses['recovery-codes'], now);
}
