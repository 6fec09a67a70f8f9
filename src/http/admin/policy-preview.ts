import type { Policy } from '../../core/policy/policy';
import type { PolicyEffect } from '../../core/policy/policy-preview';
import { channelOfKind } from '../../factors/find-factor';
import type { PolicyPreview, PreviewGroup } from '../../flows/admin/preview-policy';
import type { MessageKey } from '../../messages/catalogues';
import type { MessageValues } from '../../messages/message-format';
import type { Translator } from '../../messages/translator';
import type { LinkLocals } from './admin-page';
import type { AdminPage } from './admin-route';
import { memberPath } from './members';

/** The effects of saving in sentences, with the first members of each group. */
export function describePreview(page: AdminPage, preview: PolicyPreview): PreviewLocals {
  const { groups, basis, members, examined, you } = preview;
  const { translator } = page;
  const rows = groups.filter(({ count }) => count > 0).map((group) => toRow(page, preview, group));
  const none: PreviewRow = { key: 'admin.preview.nobody', values: {}, bad: false, names: [], more: 0 };
  return {
    rows: rows.length > 0 ? rows : [none],
    you: you === null ? null : yourSentence(translator, preview, you),
    estimate: basis === 'all' ? null : translator.t('admin.preview.estimate', { examined, members }),
    fallback: fallbackSentence(translator, preview),
  };
}

function fallbackSentence(
  { t }: Translator,
  { draft: { methods, smsFallback } }: PolicyPreview,
): string | null {
  if (!methods.some((kind) => channelOfKind(kind) === 'sms')) return null;
  return t(smsFallback ? 'admin.preview.fallback.email' : 'admin.preview.fallback.none');
}

function toRow(page: AdminPage, preview: PolicyPreview, group: PreviewGroup): PreviewRow {
  const { translator } = page;
  const { effect, count, people } = group;
  const who = translator.t(preview.basis === 'all' ? 'admin.preview.who' : 'admin.preview.who.about', {
    count,
  });
  return {
    key: effectKey(preview, effect),
    values: { ...valuesOf(translator, preview), count, who },
    bad: effect === 'no-way',
    names: people.map(({ id, name }) => ({ text: name, path: memberPath(page, id) })),
    more: Math.max(0, count - people.length),
  };
}

function effectKey({ draft }: PolicyPreview, effect: PolicyEffect): MessageKey {
  const isAny = draft.strength === 'any';
  switch (effect) {
    case 'proves':
      return isAny && draft.rememberBrowserSeconds > 0
        ? 'admin.preview.proves.unlessRemembered'
        : 'admin.preview.proves';
    case 'enrolls':
      return isAny ? 'admin.preview.enrolls' : 'admin.preview.enrolls.resistant';
    case 'in-grace':
      return `admin.preview.in-grace${graceOf(draft)}`;
    case 'exempt':
    case 'federated':
    case 'no-way':
    case 'not-asked':
      return `admin.preview.${effect}`;
  }
}

/** How setting up may be put off: the end of the keys of its sentences. */
function graceOf({ graceUntil, skips }: Policy): '' | '.date' | '.times' | '.both' {
  if (graceUntil === null) return skips === null ? '' : '.times';
  return skips === null ? '.date' : '.both';
}

function valuesOf(translator: Translator, { draft }: PolicyPreview): MessageValues {
  const { strength, graceUntil, skips } = draft;
  return {
    wanted: strength === 'any' ? 'any' : 'resistant',
    ...(graceUntil === null ? {} : { date: translator.day(graceUntil).text }),
    ...(skips === null ? {} : { times: skips }),
  };
}

function yourSentence(translator: Translator, preview: PolicyPreview, effect: PolicyEffect): Said {
  const values = valuesOf(translator, preview);
  if (preview.wouldLockYouOut) return { key: 'admin.preview.you.locked-out', values };
  if (effect === 'in-grace') return { key: `admin.preview.you.in-grace${graceOf(preview.draft)}`, values };
  return { key: `admin.preview.you.${effect}`, values };
}

/** A message, which the view writes as HTML and as plain text. */
interface Said {
  readonly key: MessageKey;
  readonly values: MessageValues;
}
export interface PreviewRow extends Said {
  readonly bad: boolean;
  readonly names: readonly LinkLocals[];
  /** Members who are not named. */
  readonly more: number;
}
export interface PreviewLocals {
  readonly rows: readonly PreviewRow[];
  readonly you: Said | null;
  /** How the numbers were estimated; null where every member was judged. */
  readonly estimate: string | null;
  /** What happens when a text message cannot be sent; null where the policy has no text messages. */
  readonly fallback: string | null;
}
