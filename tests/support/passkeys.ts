import { createSoftwarePasskey, type SoftwarePasskey } from '../../src/testing/software-passkey';
import { visit, type Member } from './member';
import { createPortal, type Portal } from './portal';

/** Where the pages of the test portal are. */
export const ORIGIN = 'http://localhost';

/** A portal with passkeys, whose organization has a policy; required unless said otherwise. */
export async function createPasskeyPortal(
  policy: Parameters<Portal['mfa']['policies']['save']>[1] = {},
  options: Parameters<typeof createPortal>[0] = {},
): Promise<Portal> {
  const portal = createPortal({ passkeys: {}, ...options });
  const saved = await portal.mfa.policies.save('acme', { enabled: true, enrollment: 'required', ...policy });
  if (saved.outcome !== 'saved') throw new Error(`The policy is refused: ${JSON.stringify(saved)}`);
  return portal;
}

export function aPasskey(
  options: Partial<Parameters<typeof createSoftwarePasskey>[0]> = {},
): SoftwarePasskey {
  return createSoftwarePasskey({ origin: ORIGIN, ...options });
}

/** Registers a passkey at a person who is signed in, or in the middle of the login. */
export async function registerPasskey(
  member: Pick<Member, 'postJson'>,
  passkey: SoftwarePasskey,
  label?: string,
): ReturnType<Member['postJson']> {
  const started = await member.postJson('/mfa/enroll/passkey');
  if (started.body.outcome !== 'enrollment-started') return started;
  const response = passkey.register(started.body.passkey.options);
  return member.postJson('/mfa/enroll/passkey/confirm', {
    response,
    ...(label === undefined ? {} : { label }),
  });
}

/** Signs in for the first time and registers a passkey. */
export async function enrollPasskey(portal: Portal, username: string, passkey = aPasskey()) {
  const member = visit(portal);
  await member.logIn(username);
  const enrolled = await registerPasskey(member, passkey);
  if (enrolled.body.outcome !== 'enrolled') throw new Error(JSON.stringify(enrolled.body));
  const recoveryCodes: readonly string[] = enrolled.body.recoveryCodes;
  return { member, passkey, recoveryCodes };
}

/** Signs in with password and passkey. */
export async function signInWithPasskey(
  portal: Portal,
  username: string,
  passkey: SoftwarePasskey,
): Promise<Member> {
  const member = visit(portal);
  const asked = await member.logIn(username);
  const response = passkey.authenticate(asked.body.passkey.options);
  const proven = await member.postJson('/mfa/challenge', { response });
  if (proven.body.outcome !== 'signed-in') throw new Error(JSON.stringify(proven.body));
  return member;
}

/** Proves the passkey once more in a session. */
export async function stepUpWithPasskey(member: Member, passkey: SoftwarePasskey) {
  const asked = await member.getJson('/mfa/step-up');
  const response = passkey.authenticate(asked.body.passkey.options);
  return member.postJson('/mfa/step-up', { response });
}
