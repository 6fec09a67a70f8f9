import type { PolicyEffect } from '../../core/policy/policy-preview';
import { channelOfKind } from '../../factors/find-factor';
import type { PolicyPreview, PreviewGroup } from '../../flows/admin/preview-policy';
import type { LinkLocals } from './admin-page';
import type { AdminPage } from './admin-route';
import { memberPath } from './members';
import { countOf, grouped } from './words';
import { ENGLISH } from '../../factors/english';

/** The effects of saving in sentences, with the first members of each group. */
export function describePreview(page: AdminPage, preview: PolicyPreview): PreviewLocals {
  const { groups, basis, members, examined, you } = preview;
  const rows = groups.filter(({ count }) => count > 0).map((group) => toRow(page, preview, group));
  const none = { count: 'Nobody', text: 'is a member yet.', bad: false, names: [], more: 0 };
  return {
    rows: rows.length > 0 ? rows : [none],
    you: you === null ? null : yourSentence(preview, you),
    estimate:
      basis === 'all'
        ? null
        : `An estimate: ${grouped(examined)} of ${grouped(members)} members were looked at.`,
    fallback: fallbackSentence(preview),
  };
}

function fallbackSentence({ draft: { methods, smsFallback } }: PolicyPreview): string | null {
  if (!methods.some((kind) => channelOfKind(kind) === 'sms')) return null;
  return smsFallback
    ? 'If a text message can’t be sent at sign-in, the code goes to the person’s email address and counts as an email code.'
    : 'If a text message can’t be sent, the person needs another method or a recovery code.';
}

function toRow(page: AdminPage, preview: PolicyPreview, group: PreviewGroup): PreviewRow {
  const { effect, count, people } = group;
  const about = preview.basis === 'all' ? '' : 'about ';
  return {
    count: `${about}${countOf(count, 'member', 'members')}`,
    text: effectText(preview, effect, count === 1),
    bad: effect === 'no-way',
    names: people.map(({ id, name }) => ({ text: name, path: memberPath(page, id) })),
    more: Math.max(0, count - people.length),
  };
}

function effectText(preview: PolicyPreview, effect: PolicyEffect, one: boolean): string {
  switch (effect) {
    case 'proves':
      return `${one ? 'proves' : 'prove'} a second factor at every sign-in${rememberedText(preview)}.`;
    case 'enrolls':
      return `${one ? 'is' : 'are'} asked to set up ${wantedText(preview)} at the next page.`;
    case 'in-grace':
      return `${one ? 'is' : 'are'} asked to set up ${wantedText(preview)} and may put it off${graceText(preview)}.`;
    case 'exempt':
      return one ? 'stays exempt.' : 'stay exempt.';
    case 'federated':
      return `${one ? 'signs' : 'sign'} in through the identity provider, which answers for them.`;
    case 'no-way':
      return `${one ? 'has' : 'have'} no way to set it up and would be locked out: no verified address, or no method that works.`;
    case 'not-asked':
      return `${one ? 'is' : 'are'} not asked.`;
  }
}

function wantedText({ draft }: PolicyPreview): string {
  return draft.strength === 'any' ? 'MFA' : 'a phishing-resistant method';
}

function rememberedText({ draft }: PolicyPreview): string {
  return draft.rememberBrowserSeconds === 0 || draft.strength !== 'any'
    ? ''
    : ', except in a browser that is remembered';
}

function graceText({ draft: { graceUntil, skips } }: PolicyPreview): string {
  const date = graceUntil === null ? [] : [`until ${ENGLISH.day(graceUntil).text}`];
  const count = skips === null ? [] : [`up to ${countOf(skips, 'time', 'times')}`];
  const both = [...date, ...count].join(' or ');
  return both === '' ? '' : ` ${both}`;
}

function yourSentence(preview: PolicyPreview, effect: PolicyEffect): string {
  if (preview.wouldLockYouOut) {
    return 'you would be locked out. Set up a method of your own first, or allow one that you can set up.';
  }
  switch (effect) {
    case 'proves':
      return 'you use your second step, as you do for these pages.';
    case 'enrolls':
      return `you are asked to set up ${wantedText(preview)} at your next page.`;
    case 'in-grace':
      return `you are asked to set up ${wantedText(preview)}, and may put it off${graceText(preview)}.`;
    case 'exempt':
      return 'you stay exempt.';
    case 'federated':
      return 'your identity provider answers for you.';
    case 'no-way':
      return 'you would have no way to go on.';
    case 'not-asked':
      return 'you are not asked.';
  }
}
export interface PreviewRow {
  readonly count: string;
  readonly text: string;
  readonly bad: boolean;
  readonly names: readonly LinkLocals[];
  /** Members who are not named. */
  readonly more: number;
}
export interface PreviewLocals {
  readonly rows: readonly PreviewRow[];
  readonly you: string | null;
  /** How the numbers were estimated; null where every member was judged. */
  readonly estimate: string | null;
  /** What happens when a text message cannot be sent; null where the policy has no text messages. */
  readonly fallback: string | null;
}
