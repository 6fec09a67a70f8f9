import { z } from 'zod';
import { defaultPolicy, type Policy } from '../../core/policy/policy';
import type { PolicyRecord, RecordStore } from '../record-store';
import type { RedisCommands } from './command-batch';
import type { Keys } from './keys';
import { establishEpoch } from './members';
import { RememberedAnswers } from './remembered-answers';
import { parseJson, toOptionalNumber, toTexts } from './replies';
import { NUMBER_IN_FIELD, defineScript } from './script';
import { unreadable } from './store-errors';

/** The policy; the expected version, the new version, the new policy. Answers with what stands where that differs. */
const SAVE_POLICY = defineScript(`${NUMBER_IN_FIELD}
if (numberIn('v') or 0) ~= tonumber(ARGV[1]) then
  return {'conflict', redis.call('HGET', KEYS[1], 'p')}
end
redis.call('HSET', KEYS[1], 'v', ARGV[2], 'p', ARGV[3])
return {'saved'}
`);

const instant = z.int().nullable();

const storedPolicy = z.object({
  organizationId: z.string(),
  version: z.int().min(1),
  enabled: z.boolean(),
  enrollment: z.enum(['assigned', 'optional', 'required']),
  methods: z.array(z.string()),
  enrollAtSignUp: z.boolean(),
  backupPhone: z.boolean(),
  graceUntil: instant,
  skips: z.int().min(0).nullable(),
  rememberBrowserSeconds: z.int().min(0),
  sessionDurationSeconds: z.int().positive(),
  idleTimeoutSeconds: z.int().positive().nullable(),
  challengeFederated: z.boolean(),
  // What an older version saved does not have it.
  smsFallback: z.boolean().default(true),
}) satisfies z.ZodType<Policy>;

function readPolicy(reply: unknown, organizationId: string): PolicyRecord {
  const [text, version, epoch, endedAt] = toTexts(reply, 'a policy');
  // A version without its policy is a loss; reading it as "never saved" would switch MFA off.
  if (isNothing(text) && !isNothing(version)) throw unreadable('a policy');
  return {
    policy: toPolicy(text, organizationId),
    epoch: epoch ?? null,
    sessionsEndedAt: toOptionalNumber(endedAt, 'an instant'),
  };
}

function toPolicy(text: string | null | undefined, organizationId: string): Policy {
  if (isNothing(text)) return defaultPolicy(organizationId);
  const checked = storedPolicy.safeParse(parseJson(text, 'a policy'));
  if (!checked.success) throw unreadable('a policy', checked.error);
  if (checked.data.organizationId !== organizationId) throw unreadable('a policy of this organization');
  return checked.data;
}

type Verbs = 'findPolicy' | 'savePolicy' | 'establishOrganizationEpoch' | 'replaceOrganizationEpoch';

export function policiesIn(redis: RedisCommands, keys: Keys): Pick<RecordStore, Verbs> {
  const answers = new RememberedAnswers<PolicyRecord>();

  return {
    findPolicy(organizationId) {
      return redis.recall({
        name: 'hmget',
        args: [keys.policy(organizationId), 'p', 'v', 'e', 'q'],
        answers,
        parse: (reply) => readPolicy(reply, organizationId),
      });
    },
    async savePolicy(policy, expectedVersion) {
      const { organizationId } = policy;
      const saved: Policy = { ...policy, version: expectedVersion + 1 };
      const args = [expectedVersion, saved.version, JSON.stringify(saved)];
      const reply = await redis.run(SAVE_POLICY, { keys: [keys.policy(organizationId)], args });
      const [outcome, text] = toTexts(reply, 'a policy');
      if (outcome === 'saved') return { outcome: 'saved', policy: saved };
      return { outcome: 'conflict', current: toPolicy(text, organizationId) };
    },
    establishOrganizationEpoch(organizationId, candidate) {
      return establishEpoch(redis, keys.policy(organizationId), candidate);
    },
    async replaceOrganizationEpoch(organizationId, { epoch, endedAt }) {
      await redis.send('hset', keys.policy(organizationId), 'e', epoch, 'q', endedAt);
    },
  };
}

function isNothing(text: string | null | undefined): text is null | undefined {
  return text === null || text === undefined;
}
