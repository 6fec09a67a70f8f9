import { onFileId } from '../../core/member/factor-kind';
import type { MemberRecord, RecordStore } from '../record-store';
import type { RedisCommands } from './command-batch';
import type { Keys } from './keys';
import { exemptionField, readMember, settingsField, skipsField } from './member-hash';
import { RememberedAnswers } from './remembered-answers';
import { toTexts, toWholeNumber } from './replies';
import { NUMBER_IN_FIELD, defineScript } from './script';
import { unreadable } from './store-errors';

/** The member; the field of the count, the limit or nothing. */
const SPEND_SKIP = defineScript(`${NUMBER_IN_FIELD}
local limit = tonumber(ARGV[2])
if limit and (numberIn(ARGV[1]) or 0) >= limit then return {'exhausted'} end
return {'spent', redis.call('HINCRBY', KEYS[1], ARGV[1], 1)}
`);

/** The member; the field, the settings, 1 where counts stay. Other settings bind the kinds on file anew. */
const SAVE_SETTINGS = defineScript(`
if ARGV[3] ~= '1' and redis.call('HGET', KEYS[1], ARGV[1]) ~= ARGV[2] then
  redis.call('HDEL', KEYS[1], 'f:${onFileId('email')}', 'd:${onFileId('email')}', 'f:${onFileId('sms')}', 'd:${onFileId('sms')}')
end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
`);

/** The epoch that must stand; the new one, and when the sessions ended. */
const RENEW_EPOCH = defineScript(`
if redis.call('HGET', KEYS[1], 'e') ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 'e', ARGV[2], 'q', ARGV[3])
return 1
`);

type Verbs =
  | 'findMember'
  | 'findMembers'
  | 'establishUserEpoch'
  | 'replaceUserEpoch'
  | 'renewUserEpoch'
  | 'noteSessionsEnded'
  | 'noteSpentChannel'
  | 'saveMemberSettings'
  | 'saveExemption'
  | 'spendSkip';

export function membersIn(redis: RedisCommands, keys: Keys): Pick<RecordStore, Verbs> {
  const answers = new RememberedAnswers<MemberRecord>();

  return {
    findMember(userId, organizationId) {
      return redis.recall({
        name: 'hgetall',
        args: [keys.member(userId)],
        view: organizationId,
        answers,
        parse: (reply) => readMember(reply, userId, organizationId),
      });
    },
    findMembers(userIds, organizationId) {
      return Promise.all(
        userIds.map(async (userId) =>
          readMember(await redis.send('hgetall', keys.member(userId)), userId, organizationId),
        ),
      );
    },
    establishUserEpoch(userId, candidate) {
      return establishEpoch(redis, keys.member(userId), candidate);
    },
    async replaceUserEpoch(userId, { epoch, endedAt }) {
      await redis.send('hset', keys.member(userId), 'e', epoch, 'q', endedAt);
    },
    async renewUserEpoch(userId, { expected, epoch, endedAt }) {
      const args = [expected, epoch, endedAt];
      return (await redis.run(RENEW_EPOCH, { keys: [keys.member(userId)], args })) === 1;
    },
    async noteSessionsEnded(userId, endedAt) {
      await redis.send('hset', keys.member(userId), 'q', endedAt);
    },
    async noteSpentChannel(userId, { channel, until }) {
      await redis.send('hset', keys.member(userId), 'h', `${until} ${channel}`);
    },
    async saveMemberSettings(userId, organizationId, { enabled, assignedKind }, options) {
      const text = JSON.stringify({ enabled, assignedKind });
      const args = [settingsField(organizationId), text, options?.keepsCounts === true ? '1' : ''];
      await redis.run(SAVE_SETTINGS, { keys: [keys.member(userId)], args });
    },
    async saveExemption(userId, organizationId, exemption) {
      const key = keys.member(userId);
      const field = exemptionField(organizationId);
      if (exemption === null) {
        await redis.send('hdel', key, field);
        return;
      }
      const { reason, grantedBy, grantedAt, until } = exemption;
      await redis.send('hset', key, field, JSON.stringify({ reason, grantedBy, grantedAt, until }));
    },
    async spendSkip(userId, organizationId, limit) {
      const args = [skipsField(organizationId), limit ?? ''];
      const reply = await redis.run(SPEND_SKIP, { keys: [keys.member(userId)], args });
      const [outcome, skipsUsed] = toTexts(reply, 'a count of skips');
      if (outcome === 'exhausted') return { outcome: 'exhausted' };
      return { outcome: 'spent', skipsUsed: toWholeNumber(skipsUsed ?? '', 'a count of skips') };
    },
  };
}

/** Two commands: the first sets the epoch for at most one caller, and the second reads the same for all. */
export async function establishEpoch(redis: RedisCommands, key: string, candidate: string): Promise<string> {
  const [, epoch] = await Promise.all([
    redis.send('hsetnx', key, 'e', candidate),
    redis.send('hget', key, 'e'),
  ]);
  if (typeof epoch !== 'string') throw unreadable('an epoch');
  return epoch;
}
