import type { Records } from '../../support/records';
import { defaultPolicy } from '../../../src/core/policy/policy';

import { NOW, aPolicy, newId } from '../samples';

/** What every record store does with policies. */
export function describePolicies(open: () => Records): void {
  describe('policies', () => {
    it('gives the default, which is off, where none was saved', async () => {
      const organizationId = newId();
      expect(await open().findPolicy(organizationId)).toEqual({
        policy: defaultPolicy(organizationId),
        epoch: null,
        sessionsEndedAt: null,
      });
    });

    it('numbers what it saves and refuses what was made from an older version', async () => {
      const organizationId = newId();
      const policy = aPolicy({ organizationId, enrollment: 'required', graceUntil: NOW, skips: 3 });
      expect(await open().savePolicy(policy, 0)).toEqual({
        outcome: 'saved',
        policy: { ...policy, version: 1 },
      });
      const late = await open().savePolicy({ ...policy, enabled: false }, 0);
      expect(late).toEqual({ outcome: 'conflict', current: { ...policy, version: 1 } });
      expect((await open().findPolicy(organizationId)).policy).toEqual({ ...policy, version: 1 });
      const early = await open().savePolicy(aPolicy({ organizationId: newId() }), 4);
      expect(early).toMatchObject({ outcome: 'conflict', current: { version: 0, enabled: false } });
    });

    it('lets one of many savers through', async () => {
      const policy = aPolicy({ organizationId: newId() });
      const saves = await Promise.all(Array.from({ length: 10 }, () => open().savePolicy(policy, 0)));
      expect(saves.filter(({ outcome }) => outcome === 'saved')).toHaveLength(1);
    });

    it('keeps the epoch apart from the policy', async () => {
      const organizationId = newId();
      const made = await Promise.all(
        ['a', 'b'].map((epoch) => open().establishOrganizationEpoch(organizationId, epoch)),
      );
      expect(made[0]).toBe(made[1]);
      await open().savePolicy(aPolicy({ organizationId }), 0);
      await open().replaceOrganizationEpoch(organizationId, { epoch: 'next', endedAt: NOW });
      expect(await open().findPolicy(organizationId)).toMatchObject({
        epoch: 'next',
        sessionsEndedAt: NOW,
        policy: { version: 1 },
      });
    });
  });
}
