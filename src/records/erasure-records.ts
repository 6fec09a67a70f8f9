import { forgetBrowsersOf } from '../core/member/browser-rules';
import { eraseGrantor, leaveOrganization } from '../core/member/settings-rules';
import { decodeId } from '../core/text/host-id';
import { organizationOwner, userOwner } from '../stores/document-store';
import type { RecordStore } from '../stores/record-store';
import type { Documents } from './documents';
import { BROWSERS, JOBS, MEMBER } from './formats';

export interface ErasureRecords {
  organizationsOf(userId: string): Promise<readonly string[]>;
  /** Later changes by running requests are refused; only a sign-in starts a new record. Indexes and events are the caller's. */
  removeUser(userId: string): Promise<void>;
  /** The documents, these indexes and the events. The caller must remove its data from the members. */
  removeOrganization(organizationId: string, indexes: readonly string[]): Promise<void>;
  /** Removes the organization from the user's documents: settings, skips, exemption, remembered browsers. */
  leaveOrganization(userId: string, organizationId: string): Promise<void>;
  eraseGrantor(userId: string, organizationId: string, grantedBy: string): Promise<void>;
  /** Also removes the plan of each job. Jobs that need a plan end. */
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
