import type { Clock, Mfa } from 'express-mfa';
import type { User } from './user-table';

const YEAR_MS = 365 * 86_400_000;

/** The rules of the demo organizations, unless an administrator has saved others already. */
export async function seed(
  mfa: Mfa<User>,
  { clock, offersPasskeys }: { readonly clock: Clock; readonly offersPasskeys: boolean },
): Promise<void> {
  const { version } = await mfa.policies.get('acme');
  if (version > 0) return;
  await mfa.policies.save('acme', {
    enabled: true,
    enrollment: 'required',
    methods: [...(offersPasskeys ? ['passkey'] : []), 'totp', 'sms', 'email'],
    enrollAtSignUp: true,
  });
  await mfa.policies.save('globex', { enabled: true, enrollment: 'optional' });
  await mfa.policies.save('initech', { enabled: false });
  await mfa.members.exempt(
    { userId: 'sync', organizationId: 'acme', actorId: 'ada' },
    { reason: 'Imports orders at night and cannot answer a prompt', until: clock.now() + YEAR_MS },
  );
}
