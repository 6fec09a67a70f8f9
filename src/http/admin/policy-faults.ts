import type { EnrollableKind } from '../../core/member/factor-kind';
import type { Policy } from '../../core/policy/policy';
import { checkPolicy } from '../../core/policy/policy-check';
import { FACTOR_TRAITS } from '../../factors/find-factor';
import type { PolicyChange } from '../../flows/admin/draft-policy';
import { show } from '../kernel/page-route';
import { sentenceFor } from '../kernel/sentences';
import { adminHead } from './admin-page';
import type { AdminPage } from './admin-route';
import { changeAsFields, describeRules } from './policy-fields';
import { parsePolicy, parseVersion } from './policy-form';

/** One thing that is wrong with a policy, however it was found. */
export interface ShownFault {
  readonly field: string;
  readonly because: string;
  readonly message: string;
}

/** What could not be read hides nothing else that is wrong: everything is said at once. */
export function allFaults(
  found: readonly ShownFault[],
  draft: Policy,
  availableKinds: readonly EnrollableKind[],
): readonly ShownFault[] {
  const known = new Set(found.map(({ field }) => FIELD_OF_RULE.get(field) ?? field));
  const others = checkPolicy(draft, { factors: FACTOR_TRAITS, availableKinds }).filter(
    ({ field }) => !known.has(FIELD_OF_RULE.get(field) ?? field),
  );
  return [...found, ...others];
}

/** Fields of the form by the rule they set, for the words beside them. */
const FIELD_OF_RULE: ReadonlyMap<string, string> = new Map([
  ['rememberBrowserSeconds', 'rememberBrowser'],
  ['sessionDurationSeconds', 'sessionDuration'],
  ['idleTimeoutSeconds', 'idleTimeout'],
]);
const SHOWN_FIELDS: ReadonlySet<string> = new Set([
  'enrollment',
  'methods',
  'graceUntil',
  'skips',
  'rememberBrowser',
  'sessionDuration',
  'idleTimeout',
]);

/** The form has a number and a unit where programs send seconds. */
const IN_THE_FORM: ReadonlyMap<string, string> = new Map([
  ['sessionDurationSeconds too-small', 'That is too short. Type a number above 0.'],
  ['sessionDurationSeconds too-large', 'That is too long. Choose up to 400 days.'],
  ['idleTimeoutSeconds too-small', 'That is too short. Type a number above 0, or leave it empty.'],
  ['idleTimeoutSeconds too-large', 'That is too long. Choose up to 400 days, or leave it empty.'],
]);

export function errorsByField(faults: readonly ShownFault[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    faults.map(({ field, because, message }) => {
      const name = FIELD_OF_RULE.get(field) ?? field;
      const words = IN_THE_FORM.get(`${field} ${because}`) ?? message;
      return [SHOWN_FIELDS.has(name) ? name : 'policy', words];
    }),
  );
}

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

/** Somebody else saved first: both versions, side by side, and nothing is overwritten silently. */
export async function showConflict(
  page: AdminPage,
  conflict: { readonly current: Policy; readonly change: PolicyChange },
): Promise<void> {
  const { current, change } = conflict;
  if (page.json) {
    const because = 'policy-changed-meanwhile';
    page.res.status(409).json({ outcome: 'rejected', because, message: sentenceFor(because), current });
    return;
  }
  const yours = describeRules({ ...current, ...change });
  await show(
    page,
    'admin/policy-conflict',
    {
      admin: adminHead(page, 'policy', true),
      rows: describeRules(current).map(({ rule, text }, index) => {
        const mine = yours[index]?.text ?? text;
        return { rule, theirs: text, yours: mine, differs: mine !== text };
      }),
      resend: changeAsFields(change, current.version),
    },
    409,
  );
}
