import type { FactorKind } from '../../core/member/factor-kind';
import { wordsOf } from '../../factors/factor-words';
import type { Translator } from '../../messages/translator';

export function kindName(translator: Translator, kind: FactorKind): string {
  return wordsOf(translator, kind).name;
}

/** Whole percents; a few of many is at least one, and all but a few at most 99. */
export function percentOf(part: number, whole: number): number {
  if (whole <= 0 || part <= 0) return 0;
  if (part >= whole) return 100;
  return Math.min(99, Math.max(1, Math.round((part / whole) * 100)));
}
export const UNITS = [
  ['days', 86400],
  ['hours', 3600],
  ['minutes', 60],
] as const;
/** In the largest unit that says it exactly. */
export function durationField(seconds: number | null): DurationField {
  if (seconds === null) return { amount: '', unit: 'days' };
  if (seconds === 0) return { amount: '0', unit: 'days' };
  const fitting = UNITS.find(([, size]) => seconds % size === 0);
  if (fitting === undefined) return { amount: String(seconds), unit: 'seconds' };
  const [unit, size] = fitting;
  return { amount: String(seconds / size), unit };
}

/** `30 days`; null for none. */
export function durationText(translator: Translator, seconds: number | null): string | null {
  if (seconds === null || seconds === 0) return null;
  const { amount, unit } = durationField(seconds);
  return translator.t(`duration.${unit}`, { count: Number(amount) });
}
/** A duration as it is typed: empty for none. */
export interface DurationField {
  readonly amount: string;
  readonly unit: 'minutes' | 'hours' | 'days' | 'seconds';
}
