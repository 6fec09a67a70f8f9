import type { Records } from '../../support/records';
import { NO_USE } from '../../../src/core/member/authenticator';
import { NO_GUESSES } from '../../../src/core/member/guess-counter';
import { NO_MEMBER_SETTINGS } from '../../../src/core/member/member';

import { NOW, anAuthenticator, newId } from '../samples';

const HOSTILE_IDS = [
  '__proto__',
  'constructor',
  'a:b',
  '{a}',
  'm:x',
  '%003a',
  '',
  'é€😀',
  '\ud800',
  'a\r\nb',
];

/** What every record store keeps of members. */
export function describeMembers(open: () => Records): void {
  describe('members', () => {
    it('knows nothing of a user who was never seen', async () => {
      const userId = newId();
      expect(await open().findMember(userId, 'acme')).toEqual({
        userId,
        organizationId: 'acme',
        epoch: null,
        sessionsEndedAt: null,
        settings: NO_MEMBER_SETTINGS,
        authenticators: [],
        askedFirst: null,
        recoveryCodesLeft: 0,
        recoveryCodesIssuedAt: null,
        guesses: { codes: NO_GUESSES, 'recovery-codes': NO_GUESSES },
        onFile: { email: NO_USE, sms: NO_USE },
        spentChannel: null,
      });
    });

    it('keeps settings, exemption and skips of each organization apart', async () => {
      const userId = newId();
      const exemption = { reason: 'integration', grantedBy: 'ada', grantedAt: NOW, until: NOW + 1000 };
      await open().saveMemberSettings(userId, 'acme', { enabled: true, assignedKind: 'sms' });
      await open().saveExemption(userId, 'globex', exemption);
      await open().spendSkip(userId, 'globex', null);
      const acme = await open().findMember(userId, 'acme');
      const globex = await open().findMember(userId, 'globex');
      expect(acme.settings).toEqual({ enabled: true, assignedKind: 'sms', skipsUsed: 0, exemption: null });
      expect(globex.settings).toEqual({ enabled: false, assignedKind: null, skipsUsed: 1, exemption });
    });

    it('leaves skips and exemption alone when the settings change, and ends an exemption', async () => {
      const userId = newId();
      const exemption = { reason: 'r', grantedBy: 'ada', grantedAt: NOW, until: NOW + 1000 };
      await open().saveExemption(userId, 'acme', exemption);
      await open().spendSkip(userId, 'acme', null);
      await open().saveMemberSettings(userId, 'acme', { enabled: true, assignedKind: null });
      const kept = await open().findMember(userId, 'acme');
      expect(kept.settings).toEqual({ enabled: true, assignedKind: null, skipsUsed: 1, exemption });
      await open().saveExemption(userId, 'acme', null);
      expect((await open().findMember(userId, 'acme')).settings.exemption).toBeNull();
    });

    it('remembers the newest spent channel of a user', async () => {
      const userId = newId();
      await open().noteSpentChannel(userId, { channel: 'first', until: NOW });
      await open().noteSpentChannel(userId, { channel: 'second', until: NOW + 1 });
      const { spentChannel } = await open().findMember(userId, 'acme');
      expect(spentChannel).toEqual({ channel: 'second', until: NOW + 1 });
    });

    it('finds a page of members in the order asked, strangers included', async () => {
      const [known, stranger] = [newId(), newId()];
      await open().saveMemberSettings(known, 'acme', { enabled: true, assignedKind: 'totp' });
      const found = await open().findMembers([stranger, known, stranger], 'acme');
      expect(found.map(({ userId }) => userId)).toEqual([stranger, known, stranger]);
      expect(found.map(({ settings }) => settings.enabled)).toEqual([false, true, false]);
      expect(await open().findMembers([], 'acme')).toEqual([]);
    });

    it('spends skips up to the limit, however many ask at once', async () => {
      const userId = newId();
      const outcomes = await Promise.all(
        Array.from({ length: 20 }, () => open().spendSkip(userId, 'acme', 3)),
      );
      expect(outcomes.filter(({ outcome }) => outcome === 'spent')).toHaveLength(3);
      expect(await open().spendSkip(userId, 'acme', 4)).toEqual({ outcome: 'spent', skipsUsed: 4 });
      expect(await open().spendSkip(userId, 'acme', 0)).toEqual({ outcome: 'exhausted' });
    });

    it('makes one epoch for all who ask at once, and replaces it', async () => {
      const userId = newId();
      const made = await Promise.all(
        ['a', 'b', 'c'].map((epoch) => open().establishUserEpoch(userId, epoch)),
      );
      expect(new Set(made).size).toBe(1);
      expect((await open().findMember(userId, 'acme')).epoch).toBe(made[0]);
      await open().replaceUserEpoch(userId, { epoch: 'next', endedAt: NOW });
      expect(await open().establishUserEpoch(userId, 'late')).toBe('next');
    });

    it('renews an epoch for one of those who know it, and for nobody else', async () => {
      const userId = newId();
      expect(await open().renewUserEpoch(userId, { expected: '', epoch: 'a', endedAt: NOW })).toBe(false);
      await open().replaceUserEpoch(userId, { epoch: 'old', endedAt: NOW });
      expect(await open().renewUserEpoch(userId, { expected: 'other', epoch: 'a', endedAt: NOW })).toBe(
        false,
      );
      const renewed = await Promise.all(
        ['b', 'c', 'd'].map((epoch) =>
          open().renewUserEpoch(userId, { expected: 'old', epoch, endedAt: NOW + 1 }),
        ),
      );
      expect(renewed.filter(Boolean)).toHaveLength(1);
      const renewedMember = await open().findMember(userId, 'acme');
      expect(renewedMember.epoch).toMatch(/^[bcd]$/);
      expect(renewedMember.sessionsEndedAt).toBe(NOW + 1);
    });

    it('keeps when the sessions were ended last, with a new epoch or without', async () => {
      const userId = newId();
      const endedAt = async () => (await open().findMember(userId, 'acme')).sessionsEndedAt;
      await open().establishUserEpoch(userId, 'first');
      expect(await endedAt()).toBeNull();
      await open().noteSessionsEnded(userId, NOW);
      expect(await open().findMember(userId, 'acme')).toMatchObject({ epoch: 'first', sessionsEndedAt: NOW });
      await open().replaceUserEpoch(userId, { epoch: 'second', endedAt: NOW + 1 });
      expect(await open().findMember(userId, 'acme')).toMatchObject({
        epoch: 'second',
        sessionsEndedAt: NOW + 1,
      });
      const late = { expected: 'first', epoch: 'third', endedAt: NOW + 2 };
      expect(await open().renewUserEpoch(userId, late)).toBe(false);
      expect(await endedAt()).toBe(NOW + 1);
      await open().removeAllAuthenticators(userId);
      expect(await endedAt()).toBe(NOW + 1);
    });

    it.each(HOSTILE_IDS)('treats %j as any other id', async (id) => {
      await open().saveMemberSettings(id, id, { enabled: true, assignedKind: null });
      await open().replaceUserEpoch(id, { epoch: 'epoch', endedAt: NOW });
      await open().addAuthenticator(id, anAuthenticator({ id: 'app' }));
      const found = await open().findMember(id, id);
      expect(found.userId).toBe(id);
      expect(found.settings.enabled).toBe(true);
      expect(found.authenticators.map((authenticator) => authenticator.id)).toEqual(['app']);
      expect(await open().removeAuthenticator(id, 'app')).toBe('removed');
      expect(Object.prototype).not.toHaveProperty('enabled');
    });
  });
}
