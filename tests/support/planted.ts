import type { Records } from './records';
import { randomUUID } from 'node:crypto';
import { maskDestination } from '../../src/core/address/destination';
import type { Authenticator } from '../../src/core/member/authenticator';
import { createKeyRing } from '../../src/core/proof/key-ring';
import { hashRecoveryCode, issueRecoveryCodes } from '../../src/core/proof/recovery-code';
import { PlainSecret, sealSecret } from '../../src/core/proof/secrets';
import { issueTotpSecret } from '../../src/core/proof/totp';

import { TEST_KEY } from './portal';

// What an enrollment leaves behind, written at once. An enrollment hashes ten recovery codes, which takes a second.

interface Plot {
  readonly records: Records;
  readonly clock: { now(): number };
}

async function plant(
  { records, clock }: Plot,
  userId: string,
  planted: Pick<Authenticator, 'kind' | 'label' | 'maskedDestination'> & { readonly secret: PlainSecret },
): Promise<string> {
  const { secret, ...shown } = planted;
  const id = randomUUID();
  const binding = { userId, authenticatorId: id, kind: shown.kind };
  await records.addAuthenticator(userId, {
    ...shown,
    id,
    createdAt: clock.now(),
    lastUsedAt: null,
    failures: 0,
    disabledAt: null,
    state: {},
    sealedSecret: sealSecret(createKeyRing([TEST_KEY]), secret, binding),
  });
  return id;
}

/** An authenticator app. Codes of it come from `totpCode(secret, …)`. */
export async function plantApp(
  plot: Plot,
  userId: string,
): Promise<{ readonly id: string; readonly secret: string }> {
  const secret = issueTotpSecret();
  const id = await plant(plot, userId, { kind: 'totp', label: 'App', maskedDestination: null, secret });
  return { id, secret: secret.reveal() };
}

/** A phone or an address that receives codes. */
export function plantAddress(
  plot: Plot,
  userId: string,
  address: { readonly kind: 'email' | 'sms'; readonly destination: string },
): Promise<string> {
  const { kind, destination } = address;
  const maskedDestination = maskDestination(kind, destination);
  return plant(plot, userId, { kind, label: kind, maskedDestination, secret: new PlainSecret(destination) });
}

/** The first codes of a set, as a person has them on paper. */
export async function plantRecoveryCodes(
  { records, clock }: Plot,
  userId: string,
  count: number,
): Promise<readonly string[]> {
  const codes = issueRecoveryCodes().slice(0, count);
  const hashed = await Promise.all(
    codes.map(async ({ number, code }) => ({ number, codeHash: await hashRecoveryCode(code) })),
  );
  await records.replaceRecoveryCodes(userId, hashed, clock.now());
  return codes.map(({ text }) => text);
}
