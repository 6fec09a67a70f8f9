/** What an authenticator of this kind keeps: the opaque state of its factor. Plain JSON. */
export interface PasskeyState {
  readonly format: 1;
  readonly credentialId: string;
  /** COSE_Key, base64url. */
  readonly publicKey: string;
  readonly signCount: number;
  readonly transports: readonly string[];
  readonly rpId: string;
  /** The model, as the authenticator says: a UUID in lower case. Zeros where it doesn't say. */
  readonly aaguid: string;
  /** Whether it may be synced to other devices. Never changes. */
  readonly backupEligible: boolean;
  /** Whether it was synced when it was last used. */
  readonly backedUp: boolean;
  /** Whether the authenticator verified its user at registration. Later assertions don't change it. */
  readonly uvSeen: boolean;
}

/** What an assertion says about the authenticator that signed it. */
export interface AssertionFacts {
  readonly signCount: number;
  readonly backedUp: boolean;
}

/**
 * The state after an assertion, or null where its counter doesn't move: a copy of the authenticator may be in use (WebAuthn 6.1.1).
 * Synced passkeys don't count; for them both counters are 0.
 */
export function afterAssertion(
  state: PasskeyState,
  { signCount, backedUp }: AssertionFacts,
): PasskeyState | null {
  const countsNothing = signCount === 0 && state.signCount === 0;
  if (!countsNothing && signCount <= state.signCount) return null;
  return { ...state, signCount, backedUp };
}
