/** The stored state of a passkey, which only its factor reads. Plain JSON. */
export interface PasskeyState {
  readonly format: 1;
  readonly credentialId: string;
  /** COSE_Key, base64url. */
  readonly publicKey: string;
  readonly signCount: number;
  readonly transports: readonly string[];
  readonly rpId: string;
  /** The model that the authenticator reports: a UUID in lower case, or zeros if it reports none. */
  readonly aaguid: string;
  /** Whether it can be synced to other devices. Never changes. */
  readonly backupEligible: boolean;
  /** Whether it was synced when it was last used. */
  readonly backedUp: boolean;
  /** Whether the authenticator verified its user at registration. Later assertions don't change it. */
  readonly uvSeen: boolean;
}

export interface AssertionFacts {
  readonly signCount: number;
  readonly backedUp: boolean;
}

/** Null if its counter does not increase: there may be a copy (WebAuthn 6.1.1). Synced passkeys do not count: both are 0. */
export function afterAssertion(
  state: PasskeyState,
  { signCount, backedUp }: AssertionFacts,
): PasskeyState | null {
  const countsNothing = signCount === 0 && state.signCount === 0;
  if (!countsNothing && signCount <= state.signCount) return null;
  return { ...state, signCount, backedUp };
}
