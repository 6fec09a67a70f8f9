import type { SpentChannel } from '../address/destination';
import type { Exemption, MemberSettings } from './member';
import {
  changeSettings,
  findOrganization,
  settingsOf,
  type Changed,
  type MemberDocument,
} from './member-document';

/**
 * Replaces the two settings. Where they change, the kinds on file are assigned anew: their counts and disablement end, unless
 * `keepsCounts`.
 */
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

/** Null ends it. */
export function saveExemption(
  member: MemberDocument,
  organizationId: string,
  exemption: Exemption | null,
): MemberDocument {
  return changeSettings(member, organizationId, { exemption });
}

/**
 * The person is no longer a member: the settings, the skips and the exemption there go. Authenticators stay, and no longer say
 * that they were set up there.
 */
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

/** Stands for an administrator whose id was erased. */
export const ERASED_PERSON = 'erased';

/** An exemption that this administrator granted stays, without the id. */
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

/** Counts one skip unless `limit` (null for none) is reached. */
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

/** What documents of users and of organizations have in common. */
interface WithEpoch {
  readonly epoch: string | null;
  readonly sessionsEndedAt: number | null;
}

/** Ends sessions: those that carry another epoch, and those without one that began before `endedAt`. */
export interface SessionsEnd {
  readonly epoch: string;
  readonly endedAt: number;
  /** They end because the user chose a new password. */
  readonly passwordChanged?: true;
}

/** The current epoch, or `candidate` if there is none. */
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

/** The same if `expected` is the current epoch: for a session that ends the others and goes on with the new epoch. */
export function renewEpoch<Document extends WithEpoch>(
  document: Document,
  renewal: SessionsEnd & { readonly expected: string },
): Changed<Document, boolean> {
  if (document.epoch !== renewal.expected) return { next: document, outcome: false };
  return { next: replaceEpoch(document, renewal), outcome: true };
}

/** Ends the sessions that carry no epoch and began before `endedAt`, and no others. */
export function noteSessionsEnded(member: MemberDocument, endedAt: number): MemberDocument {
  return { ...member, sessionsEndedAt: endedAt };
}

/** Remembers a channel; it takes the place of the one before. */
export function noteSpentChannel(member: MemberDocument, spentChannel: SpentChannel): MemberDocument {
  return { ...member, spentChannel };
}
