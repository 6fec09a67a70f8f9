import type { SpentChannel } from '../address/destination';
import type { Exemption, MemberSettings } from './member';
import {
  changeSettings,
  findOrganization,
  settingsOf,
  type Changed,
  type MemberDocument,
} from './member-document';

/** A change assigns the kinds on file again: counts are cleared and disabled kinds enabled, unless `keepsCounts`. */
export function saveMemberSettings(
  member: MemberDocument,
  organizationId: string,
  { enabled, assignedKind }: Pick<MemberSettings, 'enabled' | 'assignedKind'>,
  options: { readonly keepsCounts: boolean } = { keepsCounts: false },
): MemberDocument {
  const before = findOrganization(member, organizationId);
  if (before?.enabled === enabled && before.assignedKind === assignedKind) return member;
  if (options.keepsCounts) return changeSettings(member, organizationId, { enabled, assignedKind });
  const uses = Object.entries(member.onFile).map(
    ([kind, use]) => [kind, { ...use, failures: 0, disabledAt: null }] as const,
  );
  const onFile = Object.fromEntries(uses);
  return changeSettings({ ...member, onFile }, organizationId, { enabled, assignedKind });
}

/** Null ends the exemption. */
export function saveExemption(
  member: MemberDocument,
  organizationId: string,
  exemption: Exemption | null,
): MemberDocument {
  return changeSettings(member, organizationId, { exemption });
}

/** Authenticators stay, without the organization in which they were set up. */
export function leaveOrganization(member: MemberDocument, organizationId: string): MemberDocument {
  const left = findOrganization(member, organizationId);
  const isNamed = member.authenticators.some((one) => one.organizationId === organizationId);
  if (left === undefined && !isNamed) return member;
  const authenticators = member.authenticators.map((one) => {
    const { organizationId: setUpIn, ...rest } = one;
    return setUpIn === organizationId ? rest : one;
  });
  return {
    ...member,
    authenticators,
    organizations: member.organizations.filter((one) => one !== left),
  };
}

/** Replaces the id of an erased administrator. */
export const ERASED_PERSON = 'erased';

export function eraseGrantor(
  member: MemberDocument,
  organizationId: string,
  grantedBy: string,
): MemberDocument {
  const exemption = findOrganization(member, organizationId)?.exemption;
  if (exemption?.grantedBy !== grantedBy) return member;
  return saveExemption(member, organizationId, { ...exemption, grantedBy: ERASED_PERSON });
}

export type SkipOutcome =
  { readonly outcome: 'spent'; readonly skipsUsed: number } | { readonly outcome: 'exhausted' };

/** Counts one skip unless `limit` is reached (null: no limit). */
export function spendSkip(
  member: MemberDocument,
  organizationId: string,
  limit: number | null,
): Changed<MemberDocument, SkipOutcome> {
  const used = settingsOf(member, organizationId).skipsUsed;
  if (limit !== null && used >= limit) return { next: member, outcome: { outcome: 'exhausted' } };
  const skipsUsed = used + 1;
  return {
    next: changeSettings(member, organizationId, { skipsUsed }),
    outcome: { outcome: 'spent', skipsUsed },
  };
}

interface WithEpoch {
  readonly epoch: string | null;
  readonly sessionsEndedAt: number | null;
}

/** Ends sessions: those with another epoch, and those without an epoch that started before `endedAt`. */
export interface SessionsEnd {
  readonly epoch: string;
  readonly endedAt: number;
  /** The sessions end because the user chose a new password. */
  readonly passwordChanged?: true;
}

export function establishEpoch<Document extends WithEpoch>(
  document: Document,
  candidate: string,
): Changed<Document, string> {
  const { epoch } = document;
  if (epoch !== null) return { next: document, outcome: epoch };
  return { next: { ...document, epoch: candidate }, outcome: candidate };
}

export function replaceEpoch<Document extends WithEpoch>(
  document: Document,
  { epoch, endedAt, passwordChanged }: SessionsEnd,
): Document {
  const changed = passwordChanged === undefined ? {} : { passwordChangedAt: endedAt };
  return { ...document, epoch, sessionsEndedAt: endedAt, ...changed };
}

/** Replaces the epoch if `expected` is the current one: for a session that ends the others and continues with the new epoch. */
export function renewEpoch<Document extends WithEpoch>(
  document: Document,
  renewal: SessionsEnd & { readonly expected: string },
): Changed<Document, boolean> {
  if (document.epoch !== renewal.expected) return { next: document, outcome: false };
  return { next: replaceEpoch(document, renewal), outcome: true };
}

/** Only ends sessions without an epoch that started before `endedAt`. */
export function noteSessionsEnded(member: MemberDocument, endedAt: number): MemberDocument {
  return { ...member, sessionsEndedAt: endedAt };
}

export function noteSpentChannel(member: MemberDocument, spentChannel: SpentChannel): MemberDocument {
  return { ...member, spentChannel };
}
