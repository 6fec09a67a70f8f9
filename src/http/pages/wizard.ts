import { MfaError } from '../../core/errors';
import { freeLabel } from '../../core/member/authenticator-rules';
import type { FactorKind } from '../../core/member/factor-kind';
import { labelIn, wordsOf } from '../../factors/factor-words';
import { BACKUP_PHONE_KIND, KIND_WITH_BACKUP, channelOfKind, findFactor } from '../../factors/find-factor';
import type { Gathered } from '../../flows/context/gather-facts';
import { readEnrollment, type EnrollmentAuthorization } from '../../flows/enrollment/authorize-enrollment';
import { administeredBy } from '../admin/admin-options';
import { answerRefusal, field, refuse, show, type KnownPageRequest } from '../kernel/page-route';
import { readSessionData } from '../session/session-data';

type WizardStep =
  | 'choose'
  | 'install'
  | 'phone'
  | 'phone-code'
  | 'scan'
  | 'address'
  | 'address-code'
  | 'recovery-codes'
  | 'done';

/** `Step 3 of 5`. `kind` is null until a method is chosen. */
export function progressAt(
  place: WizardStep,
  wizard: { readonly kind: FactorKind | null; readonly backupPhone: boolean },
): { readonly step: number; readonly of: number } | null {
  const allSteps = stepsOf(wizard.kind ?? KIND_WITH_BACKUP, wizard.backupPhone);
  const index = allSteps.indexOf(place);
  return index < 0 ? null : { step: index + 1, of: allSteps.length };
}

function stepsOf(kind: FactorKind | null, backupPhone: boolean): readonly WizardStep[] {
  const end = ['recovery-codes', 'done'] as const;
  if (kind !== null && channelOfKind(kind) !== null) return ['choose', 'address', 'address-code', ...end];
  const backup = backupPhone && kind === KIND_WITH_BACKUP ? (['phone', 'phone-code'] as const) : [];
  return ['choose', 'install', ...backup, 'scan', ...end];
}

export interface Replaced {
  readonly authenticatorId: string;
  readonly destination: string;
}

export type ReplacedFound =
  | { readonly outcome: 'none' }
  | { readonly outcome: 'found'; readonly replaced: Replaced }
  /** It belongs to someone else, or is of another kind. */
  | { readonly outcome: 'unknown' };

/** Reads which authenticator to replace, from the form or from the link to the form. */
export function findReplaced(page: KnownPageRequest, { member }: Gathered, kind: FactorKind): ReplacedFound {
  const { replaces: linked } = page.req.query;
  const posted = field(page, 'replaces');
  const authenticatorId = posted === '' && typeof linked === 'string' ? linked : posted;
  if (authenticatorId === '') return { outcome: 'none' };
  const own = member.authenticators.find((one) => one.id === authenticatorId && one.kind === kind);
  if (own === undefined) return { outcome: 'unknown' };
  return {
    outcome: 'found',
    replaced: { authenticatorId, destination: own.maskedDestination ?? labelIn(page.translator, own) },
  };
}

/** The name, and whether to end other sessions. Null in the wizard, because the first factor needs no name. */
export function describeAddition(
  { req, identity, translator }: KnownPageRequest,
  { member }: Gathered,
  kind: FactorKind,
): { readonly suggestedLabel: string | null } | null {
  const { wizard, replacing } = readSessionData(req);
  const { authenticators } = member;
  if (identity.subject.phase === 'pending' || wizard !== undefined || authenticators.length === 0)
    return null;
  const old = authenticators.find(({ id, kind: own }) => id === replacing?.authenticatorId && own === kind);
  if (findFactor(kind)?.enrollment?.suggestLabel !== undefined) return { suggestedLabel: null };
  const shown = authenticators.map((one) => ({ ...one, label: labelIn(translator, one) }));
  return {
    suggestedLabel:
      old === undefined ? freeLabel(wordsOf(translator, kind).label, shown) : labelIn(translator, old),
  };
}

export interface EnrollmentPermission {
  readonly gathered: Gathered;
  readonly kinds: readonly FactorKind[];
  readonly because: (EnrollmentAuthorization & { outcome: 'may-enroll' })['because'];
  readonly pendingUntil: number | null;
}

/** Checks whether the person may enroll this kind. If not, answers the refusal and returns null. */
export async function openEnrollment(
  page: KnownPageRequest,
  kind: FactorKind | null,
): Promise<EnrollmentPermission | null> {
  const { context, identity, req } = page;
  const sessionData = readSessionData(req);
  const { gathered, authorization } = await readEnrollment(context, {
    ...identity,
    findAdministered: administeredBy(page),
    wizardUnderWay: sessionData.wizard !== undefined,
  });
  if (authorization.outcome === 'feature-off')
    throw new MfaError('not-found', 'MFA is off here.', { reason: 'feature-off' });
  if (authorization.outcome === 'refused') {
    await refuse(page, authorization.decision);
    return null;
  }
  if (kind !== null && !isOffered(authorization.kinds, kind, sessionData.wizard?.backupPhone === 'asked')) {
    const refusal = { because: 'method-not-offered', status: 403 };
    await answerRefusal(page, refusal, (status) => showNotOffered(page, status));
    return null;
  }
  return {
    gathered,
    kinds: authorization.kinds,
    because: authorization.because,
    pendingUntil: sessionData.login?.expiresAt ?? null,
  };
}

/** The wizard may ask for a backup phone, whichever method was assigned. */
function isOffered(kinds: readonly FactorKind[], kind: FactorKind, backupPhoneAsked: boolean): boolean {
  return kinds.includes(kind) || (kind === BACKUP_PHONE_KIND && backupPhoneAsked);
}

function showNotOffered(page: KnownPageRequest, status: number): Promise<void> {
  const { t } = page.translator;
  return show(
    page,
    'message',
    {
      tone: 'attention',
      heading: t('enroll.notOffered.heading'),
      paragraphs: [t('refusal.method-not-offered')],
      retryAt: null,
      action: { label: t('enroll.notOffered.button'), path: `${page.context.options.pagesPath}/enroll` },
      secondary: null,
    },
    status,
  );
}
