import { createKeyRing } from '../../src/core/proof/key-ring';
import { hashRecoveryCode, issueRecoveryCodes } from '../../src/core/proof/recovery-code';
import { sealSecret } from '../../src/core/proof/secrets';
import { issueTotpSecret } from '../../src/core/proof/totp';
import { TEST_KEY, type Portal } from './portal';
import { totpCode } from './totp';

/** An authenticator app that a member has already, without the pages. */
export interface GivenApp {
  readonly secret: string;
  /** The code of the next time step, to which the clock moves: each is good once. */
  nextCode(): string;
}

export async function giveApp(
  portal: Pick<Portal, 'records' | 'clock'>,
  userId: string,
  id = `app-of-${userId}`,
): Promise<GivenApp> {
  const secret = issueTotpSecret();
  const { records, clock } = portal;
  await records.addAuthenticator(userId, {
    id,
    kind: 'totp',
    label: 'Phone',
    createdAt: clock.now(),
    lastUsedAt: null,
    failures: 0,
    disabledAt: null,
    state: {},
    sealedSecret: sealSecret(createKeyRing([TEST_KEY]), secret, {
      userId,
      authenticatorId: id,
      kind: 'totp',
    }),
    maskedDestination: null,
  });
  return {
    secret: secret.reveal(),
    nextCode() {
      clock.advance(30_000);
      return totpCode(secret.reveal(), clock.now());
    },
  };
}

/** One recovery code of the member's, since each costs a hash. */
export async function giveRecoveryCode(portal: Pick<Portal, 'records'>, userId: string): Promise<string> {
  const [code] = issueRecoveryCodes();
  if (code === undefined) throw new Error('No recovery code.');
  const record = { number: code.number, codeHash: await hashRecoveryCode(code.code) };
  await portal.records.replaceRecoveryCodes(userId, [record], 0);
  return code.text;
}
