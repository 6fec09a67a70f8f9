import type { Policy } from '../../core/policy';
import type { PolicyChange } from '../../flows/change-policy';
import { show } from '../pages/page-route';
import { sentenceFor } from '../sentences';
import { adminHead } from './admin-page';
import type { AdminPage } from './admin-route';
import { changeAsFields, describeRules } from './policy-fields';

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
