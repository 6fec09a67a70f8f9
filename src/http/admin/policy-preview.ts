import type { Policy } from '../../core/policy/policy';
import type { PolicyEffect } from '../../core/policy/policy-preview';
import { channelOfKind } from '../../factors/find-factor';
import type { PolicyPreview, PreviewGroup, PreviewLoss } from '../../flows/admin/preview-policy';
import type { MessageKey } from '../../messages/catalogues';
import type { MessageValues } from '../../messages/message-format';
import type { Translator } from '../../messages/translator';
import { pathWith, type LinkLocals } from './admin-page';
import type { AdminPage } from './admin-route';
import { memberPath } from './members';
import { describeRules } from './policy-fields';
import { kindName } from './words';

export function describePreview(page: AdminPage, preview: PolicyPreview): PreviewLocals {
  const { translator } = page;
  const { groups, losses, basis, members, examined, you, changed, wouldLockYouOut } = preview;
  return {
    changes: describeChanges(translator, preview),
    effects: groups
      .filter(({ count, before }) => count > 0 || before > 0)
      .map((group) => toEffect(page, preview, group)),
    losses: losses.map((loss) => toLoss(page, preview, loss)),
    you: you === null ? null : yourSentence(translator, preview, you),
    wouldLockYouOut,
    estimate: basis === 'all' ? null : translator.t('admin.preview.estimate', { examined, members }),
    fallback:
      changed.includes('methods') || changed.includes('smsFallback')
        ? fallbackSentence(translator, preview)
        : null,
  };
}

function describeChanges(
  translator: Translator,
  { current, draft, changed }: PolicyPreview,
): PreviewLocals['changes'] {
  const after = describeRules(translator, draft);
  return describeRules(translator, current).flatMap(({ field, rule, text }, index) =>
    changed.includes(field) ? [{ rule, before: text, after: after[index]?.text ?? text }] : [],
  );
}

function toEffect(page: AdminPage, preview: PolicyPreview, group: PreviewGroup): EffectLocals {
  const { translator } = page;
  const { effect, count, before } = group;
  return {
    text: translator.t(`admin.preview.effect.${effect}`),
    before: countText(translator, preview, before),
    after: countText(translator, preview, count),
    differs: before !== count,
    bad: effect === 'no-way',
    ...namesOf(page, group),
  };
}

function toLoss(page: AdminPage, preview: PolicyPreview, loss: PreviewLoss): LossLocals {
  const { translator, basePath } = page;
  const { kind, count, withoutOther } = loss;
  const who = preview.basis === 'all' ? 'admin.preview.who' : 'admin.preview.who.about';
  return {
    key: withoutOther === 0 ? 'admin.preview.loss' : 'admin.preview.loss.alone',
    values: {
      method: kindName(translator, kind),
      who: translator.t(who, { count }),
      alone: countText(translator, preview, withoutOther),
    },
    path: pathWith(`${basePath}/members`, { filter: kind }),
    ...namesOf(page, loss),
  };
}

function namesOf(
  page: AdminPage,
  { people, count }: Pick<PreviewGroup, 'people' | 'count'>,
): Pick<EffectLocals, 'names' | 'more'> {
  return {
    names: people.map(({ id, name }) => ({ text: name, path: memberPath(page, id) })),
    more: Math.max(0, count - people.length),
  };
}

function countText(translator: Translator, { basis }: PolicyPreview, count: number): string {
  return basis === 'all' || count === 0
    ? translator.number(count)
    : translator.t('admin.preview.about', { count });
}

function fallbackSentence(
  { t }: Translator,
  { draft: { methods, smsFallback } }: PolicyPreview,
): string | null {
  if (!methods.some((kind) => channelOfKind(kind) === 'sms')) return null;
  return t(smsFallback ? 'admin.preview.fallback.email' : 'admin.preview.fallback.none');
}

function yourSentence(translator: Translator, preview: PolicyPreview, effect: PolicyEffect): PreviewMessage {
  const values = valuesOf(translator, preview.draft);
  if (preview.wouldLockYouOut) return { key: 'admin.preview.you.locked-out', values };
  if (effect === 'in-grace') return { key: `admin.preview.you.in-grace${graceOf(preview.draft)}`, values };
  return { key: `admin.preview.you.${effect}`, values };
}

/** The suffix of the message key: whether setup can be postponed until a date, a number of times, or both. */
function graceOf({ graceUntil, skips }: Policy): '' | '.date' | '.times' | '.both' {
  if (graceUntil === null) return skips === null ? '' : '.times';
  return skips === null ? '.date' : '.both';
}

function valuesOf(translator: Translator, { strength, graceUntil, skips }: Policy): MessageValues {
  return {
    wanted: strength === 'any' ? 'any' : 'resistant',
    ...(graceUntil === null ? {} : { date: translator.day(graceUntil).text }),
    ...(skips === null ? {} : { times: skips }),
  };
}

interface PreviewMessage {
  readonly key: MessageKey;
  readonly values: MessageValues;
}
interface EffectLocals {
  readonly text: string;
  /** Members, now and after saving. */
  readonly before: string;
  readonly after: string;
  readonly differs: boolean;
  readonly bad: boolean;
  /** The first members of the group after saving. */
  readonly names: readonly LinkLocals[];
  /** The number of members who are not in `names`. */
  readonly more: number;
}
interface LossLocals extends PreviewMessage, Pick<EffectLocals, 'names' | 'more'> {
  /** The members who have the method. */
  readonly path: string;
}
export interface PreviewLocals {
  /** Empty if the policy stays as it is. */
  readonly changes: readonly { readonly rule: string; readonly before: string; readonly after: string }[];
  readonly effects: readonly EffectLocals[];
  readonly losses: readonly LossLocals[];
  readonly you: PreviewMessage | null;
  readonly wouldLockYouOut: boolean;
  /** How the numbers were estimated; null if every member was examined. */
  readonly estimate: string | null;
  /** What happens when a text message cannot be sent; null if that does not change. */
  readonly fallback: string | null;
}
