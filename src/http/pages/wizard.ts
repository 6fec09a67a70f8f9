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

type Place =
  | 'choose'
  | 'install'
  | 'phone'
  | 'phone-code'
  | 'scan'
  | 'address'
  | 'address-code'
  | 'recovery-codes'
  | 'done';

/** `Step 3 of 5`. `kind` is null while none is chosen. */
export function progressAt(
  place: Place,
  wizard: { readonly kind: FactorKind | null; readonly backupPhone: boolean },
): { readonly step: number; readonly of: number } | null {
  const places = placesOf(wizard.kind ?? KIND_WITH_BACKUP, wizard.backupPhone);
  const index = places.indexOf(place);
  return index < 0 ? null : { step: index + 1, of: places.length };
}

function placesOf(kind: FactorKind | null, backupPhone: boolean): readonly Place[] {
  const end = ['recovery-codes', 'done'] as const;
  if (kind !== null && channelOfKind(kind) !== null) return ['choose', 'address', 'address-code', ...end];
  const backup = backupPhone && kind === KIND_WITH_BACKUP ? (['phone', 'phone-code'] as const) : [];
  return ['choose', 'install', ...backup, 'scan', ...end];
}

/** The authenticator that a new one is to take the place of. */
export interface Replaced {
  readonly authenticatorId: string;
  readonly destination: string;
}

export type ReplacedFound =
  | { readonly outcome: 'none' }
  | { readonly outcome: 'found'; readonly replaced: Replaced }
  /** Not one of the person's own, or of another kind. */
  | { readonly outcome: 'unknown' };

/** Reads which authenticator is to be replaced: from the form, or from the link that leads to it. */
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

/**
 * What is asked beside the code where a person who has a factor adds or changes one: its name, and whether everything
 * else that is signed in ends. Null in the wizard, where there is nothing yet to tell it apart from.
 */
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

/** Leave to enroll, with the facts it rests on. */
export interface EnrollmentPermission {
  readonly gathered: Gathered;
  readonly kinds: readonly FactorKind[];
  readonly because: (EnrollmentAuthorization & { outcome: 'may-enroll' })['because'];
  readonly pendingUntil: number | null;
}

/** Opens the way to one kind of enrollment, or answers why it stays shut. */
export async function openEnrollment(
  page: KnownPageRequest,
  kind: FactorKind | null,
): Promise<EnrollmentPermission | null> {
  const { context, identity, req } = page;
  const sessionData = readSessionData(req);
  const { gathered, authorization: leave } = await readEnrollment(context, {
    ...identity,
    findAdministered: administeredBy(page),
    wizardUnderWay: sessionData.wizard !== undefined,
  });
  if (leave.outcome === 'feature-off')
    throw new MfaError('not-found', 'MFA is off here.', { reason: 'feature-off' });
  if (leave.outcome === 'refused') {
    await refuse(page, leave.decision);
    return null;
  }
  if (kind !== null && !isOffered(leave.kinds, kind, sessionData.wizard?.backupPhone === 'asked')) {
    const refusal = { because: 'method-not-offered', status: 403 };
    await answerRefusal(page, refusal, (status) => showNotOffered(page, status));
    return null;
  }
  return {
    gathered,
    kinds: leave.kinds,
    because: leave.because,
    pendingUntil: sessionData.login?.expiresAt ?? null,
  };
}

/** The wizard's backup phone is asked for whatever method was assigned. */
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
