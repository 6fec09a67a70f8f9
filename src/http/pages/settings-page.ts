import {
  allowedKinds,
  challengeOptions,
  isAskedBy,
  provableFactors,
} from '../../core/decision/usable-factors';
import { MfaError } from '../../core/errors';
import { mayRemoveFactor, type Authenticator } from '../../core/member/authenticator';
import type { FactorKind } from '../../core/member/factor-kind';
import { RECOVERY_CODE_COUNT } from '../../core/proof/recovery-code';
import { labelIn } from '../../factors/factor-words';
import { BACKUP_KIND, channelOfKind, describeAuthenticator } from '../../factors/find-factor';
import { judgeSettings } from '../../flows/authenticators/change-authenticator';
import { listRememberedBrowsers } from '../../flows/browsers/remembered-browsers';
import type { Gathered } from '../../flows/context/gather-facts';
import { gatherSetupFacts, type GatheredForSetup } from '../../flows/context/judge-access';
import type { MessageKey } from '../../messages/catalogues';
import type { Translator } from '../../messages/translator';
import { administeredBy } from '../admin/admin-options';
import { sentenceFor } from '../kernel/language';
import { pathOf, refuse, show, type KnownPageRequest } from '../kernel/page-route';
import { showOptions } from '../kernel/respond';
import { recordSeen } from '../sign-in/guard';
import type { SettingsAuthenticator, SettingsLocals } from './account-views';
import { unseenCodesPath } from './recovery-codes';
import { toBrowserList, toBrowserRows } from './remembered-browsers';

const NOTICES: ReadonlyMap<unknown, MessageKey> = new Map<unknown, MessageKey>([
  ['removed', 'settings.done.removed'],
  ['renamed', 'settings.done.renamed'],
  ['asked-first', 'settings.done.asked-first'],
  ['forgotten', 'settings.done.forgotten'],
  ['all-forgotten', 'settings.done.all-forgotten'],
]);

interface OwnAuthenticator {
  readonly id: string;
  readonly kind: FactorKind;
  readonly label: string;
  readonly destination: string | null;
  readonly createdAt: number;
  readonly lastUsedAt: number | null;
  readonly askedFirst: boolean;
  readonly preferable: boolean;
  readonly removable: boolean;
  readonly allowed: boolean;
  readonly switchedOff: boolean;
  readonly about: ReturnType<typeof describeAuthenticator>;
}

/** Answers the current settings, as a page or as JSON. Takes one round trip to the store. */
export async function renderSettings(
  page: KnownPageRequest,
  answer: { readonly error: string | null; readonly status: number },
): Promise<void> {
  const { context, identity, req, res, json } = page;
  const [gathered, browsers] = await Promise.all([
    gatherSetupFacts(context, { ...identity, findAdministered: administeredBy(page) }),
    listRememberedBrowsers(context, identity.account.id),
  ]);
  const refused = judgeSettings(identity.subject, gathered);
  if (refused?.outcome === 'feature-off')
    throw new MfaError('not-found', 'MFA is off here.', { reason: 'feature-off' });
  if (refused !== null) return refuse(page, refused.decision);
  await recordSeen(context, req, identity.subject, gathered);
  const { facts, setup, member } = gathered;
  const own = listOwn(gathered);
  const addable = allowedKinds(setup ?? facts);
  const onFile = findOnFile(gathered);
  const codes =
    own.length === 0
      ? null
      : { left: member.recoveryCodesLeft, of: RECOVERY_CODE_COUNT, createdAt: member.recoveryCodesIssuedAt };
  if (json) {
    res.json({
      outcome: 'settings',
      authenticators: own.map(toJson),
      addable,
      recoveryCodes: codes,
      rememberedBrowsers: toBrowserList(page, gathered, browsers),
      ...(onFile === null ? {} : { onFile }),
      csrfToken: context.csrf.token(req),
    });
    return;
  }
  const { error, status } = answer;
  const { translator } = page;
  const notice = NOTICES.get(req.query['done']);
  const unseenCodes = await unseenCodesPath(page, gathered, pathOf(page, '/settings'));
  await show(
    page,
    'settings',
    {
      notice: error === null && notice !== undefined ? translator.t(notice) : null,
      error: error === null ? null : sentenceFor(translator, error),
      authenticators: own.map((one) => toRow(translator, one)),
      onFile,
      hasPassword: identity.account.hasPassword,
      addable,
      unseenCodes,
      recoveryCodes:
        codes === null
          ? null
          : { ...codes, createdAt: codes.createdAt === null ? null : translator.moment(codes.createdAt) },
      rememberedBrowsers: toBrowserRows(page, gathered, browsers),
      backPath: context.options.defaultReturnTo,
      announcements: error === null ? announcementsOf(page, member.authenticators) : [],
    },
    status,
  );
}

function announcementsOf(
  { context, req }: KnownPageRequest,
  left: readonly Authenticator[],
): SettingsLocals['announcements'] {
  const { done, owner } = req.query;
  if (done !== 'removed' && done !== 'renamed') return [];
  const handle = typeof owner === 'string' && /^[\w-]{1,86}$/.test(owner) ? owner : null;
  return [...context.factors.values()]
    .map((factor) => factor.announce(left, handle))
    .filter((announced) => announced !== null);
}

/** Lists the authenticators. The order in which they are askable for ignores current locks. */
function listOwn({ facts: own, setup, member, now }: GatheredForSetup): readonly OwnAuthenticator[] {
  const facts = setup ?? own;
  const unlocked = { ...facts, codesLockedUntil: null, recoveryCodesLockedUntil: null };
  const askable = challengeOptions(unlocked, now).filter(({ kind }) => kind !== BACKUP_KIND);
  const [first] = askable;
  const allowed = allowedKinds(facts);
  return member.authenticators.map((authenticator) => {
    const { id, kind, label, maskedDestination, createdAt, lastUsedAt, disabledAt } = authenticator;
    const askedFirst = askable.length > 1 && first !== undefined && isAskedBy(first, authenticator);
    return {
      id,
      kind,
      label,
      destination: maskedDestination,
      createdAt,
      lastUsedAt,
      askedFirst,
      preferable:
        askable.length > 1 && !askedFirst && askable.some((option) => isAskedBy(option, authenticator)),
      removable: mayRemoveFactor(facts, id).outcome === 'removable',
      allowed: allowed.includes(kind),
      switchedOff: disabledAt !== null,
      about: describeAuthenticator(authenticator),
    };
  });
}

/** The address on file that receives codes because an administrator assigned the method. It cannot be changed here. */
function findOnFile(gathered: Gathered): SettingsLocals['onFile'] {
  const { facts, member } = gathered;
  const options = provableFactors({ ...facts, spentChannels: [] }).filter(
    ({ authenticatorId }) => !member.authenticators.some(({ id }) => id === authenticatorId),
  );
  const [shown] = showOptions(gathered, options);
  if (shown === undefined || channelOfKind(shown.kind) === null) return null;
  return { kind: shown.kind, destination: shown.destination ?? '' };
}

function toJson({ destination, about, ...own }: OwnAuthenticator): object {
  return { ...own, ...about?.json, ...(destination === null ? {} : { destination }) };
}

function toRow(
  translator: Translator,
  { createdAt, lastUsedAt, about, ...own }: OwnAuthenticator,
): SettingsAuthenticator {
  return {
    ...own,
    label: labelIn(translator, own),
    about: about === null ? null : translator.t(about.word),
    addedAt: translator.moment(createdAt),
    lastUsedAt: lastUsedAt === null ? null : translator.moment(lastUsedAt),
  };
}
