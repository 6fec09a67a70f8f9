import type { Policy } from '../../core/policy';
import type { AdminPage } from './admin-route';
import { parsePolicy, parseVersion } from './policy-form';

/**
 * What was sent before the proof, upon what holds now; it is judged when it is sent again. The version stays the one that it
 * was made from, so that whoever saved the policy meanwhile is not overwritten unseen.
 */
export function keptDraft({ kept, gathered }: AdminPage, current: Policy): Policy {
  if (kept === null) return current;
  const { change } = parsePolicy(kept.fields, { current, now: gathered.now });
  const version = parseVersion(kept.fields['version']);
  return { ...current, ...change, ...(typeof version === 'number' ? { version } : {}) };
}
