import type { RelyingParty } from './ceremony-options';

/** How this instance registers and verifies passkeys. */
export interface PasskeySettings {
  readonly relyingParty: RelyingParty;
  /** Those of `relyingParty.origins` that are on other domains. */
  readonly relatedOrigins: readonly string[];
  /** Whether a passkey can be the way in, without a password. */
  readonly signIn: boolean;
  /** UUIDs of the models that may be registered; null for all. */
  readonly allowedAaguids: readonly string[] | null;
  readonly deniedAaguids: readonly string[];
}
