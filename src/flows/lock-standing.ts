import { lockEnd } from '../core/guess-counter';
import type { FlowContext } from './context';
import type { Gathered } from './gather-facts';

/** Whether codes or recovery codes are refused now. */
export function isLockedOut(
  { options: { limits } }: Pick<FlowContext, 'options'>,
  { member: { guesses }, now }: Pick<Gathered, 'member' | 'now'>,
): boolean {
  return [guesses.codes, guesses['recovery-codes']].some((counter) => lockEnd(counter, limits, now) !== null);
}
