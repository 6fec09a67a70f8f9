import { findUnusableStrongest } from '../../core/decision/usable-factors';
import type { Authenticator } from '../../core/member/authenticator';
import { labelIn, wordsOf } from '../../factors/factor-words';
import { ENROLLABLE_KINDS } from '../../factors/find-factor';
import type { Gathered } from '../../flows/context/gather-facts';
import type { MessageKey } from '../../messages/catalogues';
import type { Translator } from '../../messages/translator';
import { organizationsOf } from '../admin/admin-options';
import { pathOf, type KnownPageRequest } from '../kernel/page-route';
import { findPendingAction, findSavedForm } from '../session/pending-action';
import type { SavedForm, SettingsAct } from '../session/session-data-text';

/** What the proof is for, in words, and the path of `Cancel`. */
export async function purposeOf(
  page: KnownPageRequest,
  { member }: Gathered,
): Promise<{ readonly purpose: string; readonly cancelPath: string }> {
  const { context, req, returnTo } = page;
  const { pagesPath, adminPath, defaultReturnTo } = context.options;
  const inPages = returnTo !== null && returnTo.startsWith(`${pagesPath}/`);
  const administering = returnTo !== null && returnTo.startsWith(`${adminPath}/`);
  const form = administering ? findSavedForm(req, returnTo, context.clock.now()) : null;
  const ofForm = form === null ? null : await purposeOfForm(page, form);
  const purpose =
    ofForm ??
    stepUpPurpose(page.translator, {
      act: findPendingAction(req, returnTo, context.clock.now()),
      page: inPages ? returnTo.slice(pagesPath.length) : null,
      administering,
      authenticators: member.authenticators,
    });
  const hasSettings = inPages && member.authenticators.length > 0;
  // The saved form is shown at `returnTo`.
  const wayOut = hasSettings ? pathOf(page, '/settings') : defaultReturnTo;
  return { purpose, cancelPath: form === null ? wayOut : (returnTo ?? wayOut) };
}

/** By the route of the form. */
const PURPOSES_OF_FORMS: ReadonlyMap<string, MessageKey> = new Map([
  ['/:organizationId/members/:userId/settings', 'stepUp.purpose.saveMember'],
  ['/:organizationId/members/:userId/exemption', 'stepUp.purpose.exempt'],
  ['/:organizationId/members/:userId/exemption/end', 'stepUp.purpose.endExemption'],
  ['/:organizationId/members/:userId/reset', 'stepUp.purpose.reset'],
  ['/:organizationId/members/:userId/unlock', 'stepUp.purpose.unlock'],
  ['/:organizationId/members/:userId/remind', 'stepUp.purpose.remind'],
  ['/:organizationId/members/:userId/end-sessions', 'stepUp.purpose.endSessions'],
  ['/:organizationId/members/:userId/sessions/:id/end', 'stepUp.purpose.endSession'],
  ['/:organizationId/bulk/remind', 'stepUp.purpose.many.remind'],
  ['/:organizationId/bulk/assign', 'stepUp.purpose.many.assign'],
  ['/:organizationId/bulk/exempt', 'stepUp.purpose.many.exempt'],
  ['/:organizationId/bulk/end-sessions', 'stepUp.purpose.many.endSessions'],
  ['/:organizationId/policy', 'stepUp.purpose.savePolicy'],
  ['/:organizationId/sessions/end-all', 'stepUp.purpose.endAllSessions'],
  ['/:organizationId/disable', 'stepUp.purpose.disable'],
]);

/** Names the change and the member or organization it affects; null if the person is not allowed to see that name. */
async function purposeOfForm(page: KnownPageRequest, form: SavedForm): Promise<string | null> {
  const { context, req, translator } = page;
  const purpose = PURPOSES_OF_FORMS.get(form.route);
  const administered = await organizationsOf(context, req);
  const organization = administered.find(({ id }) => id === form.organizationId);
  if (purpose === undefined || organization === undefined) return null;
  if (form.userId === null) return translator.t(purpose, { name: organization.name });
  const member = (await context.directory.find(form.userId))?.account;
  return member?.organizationId === organization.id ? translator.t(purpose, { name: member.name }) : null;
}

/** The purpose of a proof, as in `Confirm it’s you to <purpose>.` */
function stepUpPurpose(
  translator: Translator,
  proof: {
    readonly act: SettingsAct | null;
    /** The page to return to, below `pagesPath`; null for other pages. */
    readonly page: string | null;
    /** True if the page to return to is an administrators' page. */
    readonly administering: boolean;
    readonly authenticators: readonly Authenticator[];
  },
): string {
  const { act, page, administering, authenticators } = proof;
  const { t } = translator;
  if (act !== null) return purposeOfAct(translator, act, authenticators);
  if (page === null) return t(administering ? 'stepUp.purpose.administer' : 'stepUp.purpose.continue');
  const [path = '', query = ''] = page.split('?');
  const kind = ENROLLABLE_KINDS.find((one) => path === `/enroll/${one}`);
  if (kind !== undefined) {
    const { add, replace } = wordsOf(translator, kind).purpose;
    return new URLSearchParams(query).has('replaces') ? replace : add;
  }
  return t(path.startsWith('/enroll') ? 'stepUp.purpose.protect' : 'stepUp.purpose.continue');
}

function purposeOfAct(
  translator: Translator,
  act: SettingsAct,
  authenticators: readonly Authenticator[],
): string {
  const { t } = translator;
  if (act.kind === 'new-recovery-codes') return t('stepUp.purpose.newRecoveryCodes');
  const found = authenticators.find(({ id }) => id === act.authenticatorId);
  const named = found === undefined ? 'unnamed' : 'named';
  const values = { label: found === undefined ? '' : labelIn(translator, found) };
  if (act.kind === 'remove') return t('stepUp.purpose.remove', { ...values, named });
  return t(act.kind === 'rename' ? 'stepUp.purpose.rename' : 'stepUp.purpose.makeDefault', {
    ...values,
    named,
  });
}

/** Tells that the strongest method no longer works, and what replaces it; null if it works. */
export function unusableSentence(translator: Translator, { facts }: Gathered): string | null {
  const kind = findUnusableStrongest(facts);
  if (kind === null) return null;
  return translator.t('stepUp.unusable', { proofs: wordsOf(translator, kind).proofs });
}
