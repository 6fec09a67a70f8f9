import { forgetBrowsersOf } from '../core/member/browser-rules';
import { eraseGrantor, leaveOrganization } from '../core/member/settings-rules';
import { decodeId } from '../core/text/host-id';
import { organizationOwner, userOwner } from '../stores/document-store';
import type { RecordStore } from '../stores/record-store';
import type { Documents } from './documents';
import { BROWSERS, JOBS, MEMBER } from './formats';

/** The part of the records that erases people and organizations. */
export interface ErasureRecords {
  /** Organizations that the user's records name. */
  organizationsOf(userId: string): Promise<readonly string[]>;
  /**
   * Removes everything about the user: documents, claimed keys, queued work. A change that a request under way makes afterwards is
   * refused; only a sign-in begins anew. Indexes and events are the caller's.
   */
  removeUser(userId: string): Promise<void>;
  /** Removes the documents of the organization, these indexes and its events. What members have of it is the caller’s. */
  removeOrganization(organizationId: string, indexes: readonly string[]): Promise<void>;
  /** Removes what the user's documents have of the organization: settings, skips, exemption, remembered browsers. */
  leaveOrganization(userId: string, organizationId: string): Promise<void>;
  /** Takes the id of an administrator out of an exemption that they granted to this user. */
  eraseGrantor(userId: string, organizationId: string, grantedBy: string): Promise<void>;
  /** Takes the id of an administrator out of the jobs that they started, with the plan of each, which ends those that need one. */
  eraseJobStarter(organizationId: string, startedBy: string): Promise<void>;
}

export function erasureRecordsIn(documents: Documents, store: RecordStore): ErasureRecords {
  return {
    async organizationsOf(userId) {
      const [member, { browsers }] = await Promise.all([
        documents.read(userOwner(userId), MEMBER),
        documents.read(userOwner(userId), BROWSERS),
      ]);
      const named = [
        ...member.organizations.map(({ organization }) => decodeId(organization)),
        ...[...member.authenticators, ...browsers].flatMap(({ organizationId }) => organizationId ?? []),
      ];
      return [...new Set(named)];
    },

    async removeUser(userId) {
      await documents.remove(userOwner(userId));
      await store.removeQueuedOf(userId);
    },

    async removeOrganization(organizationId, indexes) {
      await documents.remove(organizationOwner(organizationId));
      await Promise.all([store.removeIndexes(organizationId, indexes), store.removeEvents(organizationId)]);
    },

    leaveOrganization: (userId, organizationId) =>
      documents.change(userOwner(userId), [MEMBER, BROWSERS], ([member, browsers]) => ({
        next: [leaveOrganization(member, organizationId), forgetBrowsersOf(browsers, organizationId)],
        outcome: undefined,
      })),

    eraseGrantor: (userId, organizationId, grantedBy) =>
      documents.change(userOwner(userId), [MEMBER], ([member]) => ({
        next: [eraseGrantor(member, organizationId, grantedBy)],
        outcome: undefined,
      })),

    eraseJobStarter: (organizationId, startedBy) =>
      documents.change(organizationOwner(organizationId), [JOBS], ([document]) => {
        const isNamed = document.jobs.some((job) => job.startedBy === startedBy);
        const jobs = document.jobs.map((job) =>
          job.startedBy === startedBy ? { ...job, startedBy: null, plan: null } : job,
        );
        return { next: [isNamed ? { ...document, jobs } : document], outcome: undefined };
      }),
  };
}
