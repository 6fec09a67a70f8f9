import { randomBytes } from 'node:crypto';
import { maskDestination } from '../../src/core/address/destination';
import type { Authenticator } from '../../src/core/member/authenticator';
import type { Channel } from '../../src/core/member/factor-kind';
import { createKeyRing } from '../../src/core/proof/key-ring';
import { PlainSecret, sealSecret } from '../../src/core/proof/secrets';
import { issueTotpSecret } from '../../src/core/proof/totp';
import { visit, type Member } from './member';
import { TEST_KEY, createPortal, type Portal } from './portal';
import { totpCode } from './totp';

const keyRing = createKeyRing([TEST_KEY]);

export const HOUR = 3_600_000;

/** A portal whose organization has a policy; required unless said otherwise. */
export async function createSettingsPortal(
  policy: Parameters<Portal['mfa']['policies']['save']>[1] = {},
  ...change: Parameters<typeof createPortal>
): Promise<Portal> {
  const portal = createPortal(...change);
  const saved = await portal.mfa.policies.save('acme', { enabled: true, enrollment: 'required', ...policy });
  if (saved.outcome !== 'saved') throw new Error(`The policy is refused: ${JSON.stringify(saved)}`);
  return portal;
}

async function give(
  portal: Portal,
  userId: string,
  made: Pick<Authenticator, 'kind' | 'label' | 'maskedDestination'> & { readonly secret: PlainSecret },
): Promise<string> {
  const { secret, ...shown } = made;
  const id = randomBytes(16).toString('base64url');
  await portal.records.addAuthenticator(userId, {
    ...shown,
    id,
    createdAt: portal.clock.now(),
    lastUsedAt: null,
    failures: 0,
    disabledAt: null,
    state: {},
    sealedSecret: sealSecret(keyRing, secret, { userId, authenticatorId: id, kind: made.kind }),
  });
  portal.clock.advance(1);
  return id;
}

export interface OwnApp {
  readonly id: string;
  readonly secret: string;
}

/** An authenticator app that was set up before the test begins. */
export async function giveApp(portal: Portal, userId: string, label = 'Authenticator app'): Promise<OwnApp> {
  const secret = issueTotpSecret();
  const id = await give(portal, userId, { kind: 'totp', label, maskedDestination: null, secret });
  return { id, secret: secret.reveal() };
}

/** A number or an address that was proven before the test begins. */
export function giveAddress(
  portal: Portal,
  userId: string,
  address: { readonly kind: Channel; readonly to: string; readonly label?: string },
): Promise<string> {
  const { kind, to, label = kind === 'sms' ? 'Phone' : 'Email' } = address;
  const maskedDestination = maskDestination(kind, to);
  return give(portal, userId, { kind, label, maskedDestination, secret: new PlainSecret(to) });
}

/** Codes that nobody can type: for people who only have to have some, since real ones are slow to make on purpose. */
export async function giveRecoveryCodes(portal: Portal, userId: string, count = 10): Promise<void> {
  const codes = Array.from({ length: count }, (_, index) => ({ number: index + 1, codeHash: 'unusable' }));
  await portal.records.replaceRecoveryCodes(userId, codes, portal.clock.now());
}

/** Signs in with password and app, at a time step of its own. */
export async function signInWithApp(portal: Portal, username: string, { secret }: OwnApp): Promise<Member> {
  portal.clock.advance(30_000);
  const member = visit(portal);
  await member.logIn(username);
  const proven = await member.postJson('/mfa/challenge', { code: totpCode(secret, portal.clock.now()) });
  if (proven.body.outcome !== 'signed-in') throw new Error(`Not signed in: ${JSON.stringify(proven.body)}`);
  return member;
}

/** The code that the app shows in the next time step. */
export function nextCode(portal: Portal, { secret }: OwnApp): string {
  portal.clock.advance(30_000);
  return totpCode(secret, portal.clock.now());
}
