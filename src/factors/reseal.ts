import type { Authenticator } from '../core/member/authenticator';
import { openSecret, sealSecret } from '../core/proof/secrets';
import type { FactorTools } from './factor';

/**
 * Seals an authenticator's secret again where it stands under an older key, so that the old key can leave the ring in
 * time. It is housekeeping after a right proof: a store that fails now must not take the proof back.
 */
export async function resealIfStale(
  { records, keyRing }: Pick<FactorTools, 'records' | 'keyRing'>,
  { userId, authenticator }: { readonly userId: string; readonly authenticator: Authenticator },
): Promise<void> {
  const { id, kind, sealedSecret } = authenticator;
  if (sealedSecret === null) return;
  const binding = { userId, authenticatorId: id, kind };
  const opened = openSecret(keyRing, sealedSecret, binding);
  if (opened.outcome !== 'opened' || !opened.stale) return;
  const sealed = sealSecret(keyRing, opened.secret, binding);
  await records.resealAuthenticator(userId, id, { expected: sealedSecret, sealed }).catch(() => false);
}
