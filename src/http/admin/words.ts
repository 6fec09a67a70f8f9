import type { FactorKind } from '../../core/member/factor-kind';
import type { MemberState } from '../../core/member/member-state';
import { wordsOf } from '../../factors/factor-words';
import type { Translator } from '../../messages/translator';
import type { Tone } from './admin-page';

export function kindName(translator: Translator, kind: FactorKind): string {
  return wordsOf(translator, kind).name;
}

/** A whole percentage. It is 0 only if `part` is 0, and 100 only if `part` is the whole. */
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
/** The duration in the largest unit that gives a whole number. */
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
/** A duration as typed in a form; an empty amount means no duration. */
export interface DurationField {
  readonly amount: string;
  readonly unit: 'minutes' | 'hours' | 'days' | 'seconds';
}

export interface StateBadge {
  readonly tone: Tone;
  readonly icon: string;
  readonly text: string;
}

type StateWord = 'locked' | 'exempt' | 'needs-stronger' | 'on' | 'federated' | 'not-configured' | 'in-grace';

/** The state of a member as icons and words, the most urgent first. */
export function stateBadges({ t }: Translator, state: MemberState): readonly StateBadge[] {
  const badges: StateBadge[] = [];
  const add = (word: StateWord, tone: Tone, icon: string) =>
    badges.push({ tone, icon, text: t(`admin.state.${word}`) });
  if (state.lockedUntil !== undefined) add('locked', 'bad', 'locked');
  if (state.exemption !== undefined) add('exempt', 'neutral', 'clock');
  if (state.needsStronger === true) add('needs-stronger', 'attention', 'attention');
  else if (state.configured) add('on', 'good', 'good');
  else if (state.federated) add('federated', 'neutral', 'people');
  else if (state.exemption === undefined) add('not-configured', 'attention', 'attention');
  if (state.inGrace) add('in-grace', 'neutral', 'clock');
  return badges;
}

/** The methods of a member, or why there are none. */
export function methodWords(translator: Translator, state: MemberState): string {
  const { t } = translator;
  const { kinds, exemption, federated, inGrace, graceUntil, skipsLeft, assignedKind } = state;
  const nameOf = (kind: FactorKind) => wordsOf(translator, kind).name;
  const exempt =
    exemption === undefined
      ? null
      : t('admin.methods.exempt', {
          day: translator.day(exemption.until).text,
          reason: exemption.reason,
        });
  if (kinds.length > 0) {
    const methods = translator.list(kinds.map(nameOf));
    return exempt === null ? methods : t('admin.methods.and', { methods, exemption: exempt });
  }
  if (exempt !== null) return exempt;
  if (federated) return t('admin.methods.federated');
  if (inGrace) {
    const date =
      graceUntil === undefined
        ? []
        : [t('admin.methods.grace.until', { day: translator.day(graceUntil).text })];
    const count = skipsLeft === undefined ? [] : [t('admin.methods.grace.skips', { count: skipsLeft })];
    const limits = [...date, ...count];
    return limits.length === 0
      ? t('admin.methods.grace')
      : t('admin.methods.grace.limited', { limits: translator.list(limits) });
  }
  return assignedKind === undefined
    ? t('admin.methods.none')
    : t('admin.methods.assigned', { method: nameOf(assignedKind) });
}
