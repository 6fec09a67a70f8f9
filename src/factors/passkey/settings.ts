import type { RelyingParty } from './ceremony-options';

/** How this instance registers and verifies passkeys. */
export interface PasskeySettings {
  readonly relyingParty: RelyingParty;
  /** UUIDs of the models that may be registered; null for all. */
  readonly allowedAaguids: readonly string[] | null;
  readonly deniedAaguids: readonly string[];
}
