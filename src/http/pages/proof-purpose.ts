import { findUnusableStrongest } from '../../core/decision/factor-strength';
import type { Authenticator } from '../../core/member/authenticator';
import { ENROLLABLE_KINDS } from '../../factors/find-factor';
import { wordsOf } from '../../factors/factor-words';
import type { Gathered } from '../../flows/context/gather-facts';
import { pathOf, type KnownPageRequest } from '../kernel/page-route';
import { findPendingAction } from '../session/pending-action';
import { findSavedForm } from '../session/saved-form';
import type { SettingsAct } from '../session/session-data-text';
import type { Translator } from '../../messages/translator';

/** What the proof is for, in words, and where the person goes who does not want to give it. */
export function purposeOf(
  page: KnownPageRequest,
  { member }: Gathered,
): { readonly purpose: string; readonly cancelPath: string } {
  const { context, req, returnTo } = page;
  const { pagesPath, adminPath, defaultReturnTo } = context.options;
  const inPages = returnTo !== null && returnTo.startsWith(`${pagesPath}/`);
  const administering = returnTo !== null && returnTo.startsWith(`${adminPath}/`);
  const purpose = stepUpPurpose(page.translator, {
    act: findPendingAction(req, returnTo, context.clock.now()),
    page: inPages ? returnTo.slice(pagesPath.length) : null,
    administering,
    authenticators: member.authenticators,
  });
  const hasSettings = inPages && member.authenticators.length > 0;
  // Where the form waits that was sent without the proof.
  const form = administering && findSavedForm(req, returnTo, context.clock.now()) !== null ? returnTo : null;
  return { purpose, cancelPath: form ?? (hasSettings ? pathOf(page, '/settings') : defaultReturnTo) };
}

/** What a proof is asked for: `Confirm it’s you to <purpose>.` */
function stepUpPurpose(
  translator: Translator,
  asked: {
    readonly act: SettingsAct | null;
    /** Where the person goes on to, below the pages' own path; null elsewhere. */
    readonly page: string | null;
    /** The person goes on to the administrators' pages. */
    readonly administering: boolean;
    readonly authenticators: readonly Authenticator[];
  },
): string {
  const { act, page, administering, authenticators } = asked;
  if (act !== null) return purposeOfAct(act, authenticators);
  if (page === null) return administering ? 'make changes as an administrator' : 'continue';
  const [path = '', query = ''] = page.split('?');
  const kind = ENROLLABLE_KINDS.find((one) => path === `/enroll/${one}`);
  if (kind !== undefined) {
    const { add, replace } = wordsOf(translator, kind).purpose;
    return new URLSearchParams(query).has('replaces') ? replace : add;
  }
  return path.startsWith('/enroll') ? 'protect your account' : 'continue';
}

function purposeOfAct(act: SettingsAct, authenticators: readonly Authenticator[]): string {
  if (act.kind === 'new-recovery-codes') return 'make new recovery codes';
  const label = authenticators.find(({ id }) => id === act.authenticatorId)?.label;
  const named = label === undefined ? 'a method' : `“${label}”`;
  if (act.kind === 'remove') return `remove ${named}`;
  return act.kind === 'rename' ? `rename ${named}` : `make ${named} the default`;
}

/** Says that the strongest method works no more, and what takes its place; null where it works. */
export function unusableSentence(translator: Translator, { facts }: Gathered): string | null {
  const kind = findUnusableStrongest(facts);
  if (kind === null) return null;
  return `${wordsOf(translator, kind).proofs} are turned off. Use a recovery code, or ask your administrator to reset your methods.`;
}
