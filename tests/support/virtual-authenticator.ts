import type { CDPSession, Page } from 'playwright-core';

export interface AuthenticatorTraits {
  /** `internal` is the device itself, `usb` a security key, `hybrid` a phone. */
  readonly transport: 'internal' | 'usb' | 'nfc' | 'hybrid';
  /** Whether it can verify its user, and does. */
  readonly verifiesUser?: boolean;
  /** Whether it keeps passkeys that can be found without their id. */
  readonly discoverable?: boolean;
  readonly backupEligible?: boolean;
  readonly backedUp?: boolean;
}

/** One credential, as the debugger of Chromium shows it. */
export interface HeldCredential {
  /** Base64. */
  readonly credentialId: string;
  readonly isResidentCredential: boolean;
  readonly privateKey: string;
  readonly signCount: number;
}

/** An authenticator that Chromium simulates for one page, driven over its debugger. */
export class VirtualAuthenticator {
  private constructor(
    private readonly debug: CDPSession,
    private readonly authenticatorId: string,
  ) {}

  static async plugIn(
    page: Page,
    traits: AuthenticatorTraits,
    held: readonly HeldCredential[] = [],
  ): Promise<VirtualAuthenticator> {
    const { transport, verifiesUser = true, discoverable = true, backupEligible, backedUp } = traits;
    const debug = await page.context().newCDPSession(page);
    await debug.send('WebAuthn.enable', { enableUI: false });
    const { authenticatorId } = await debug.send('WebAuthn.addVirtualAuthenticator', {
      options: {
        protocol: 'ctap2',
        ctap2Version: 'ctap2_1',
        transport: transport === 'hybrid' ? 'cable' : transport,
        hasResidentKey: discoverable,
        hasUserVerification: verifiesUser,
        isUserVerified: verifiesUser,
        automaticPresenceSimulation: true,
        ...(backupEligible === undefined ? {} : { defaultBackupEligibility: backupEligible }),
        ...(backedUp === undefined ? {} : { defaultBackupState: backedUp }),
      },
    });
    for (const credential of held)
      await debug.send('WebAuthn.addCredential', { authenticatorId, credential });
    return new VirtualAuthenticator(debug, authenticatorId);
  }

  /** False: the person walks away, and every prompt stays open until it times out. */
  async touch(enabled: boolean): Promise<void> {
    await this.debug.send('WebAuthn.setAutomaticPresenceSimulation', { ...this.id, enabled });
  }

  /** False: the person gives a wrong PIN or an unknown finger. */
  async verifyUser(isUserVerified: boolean): Promise<void> {
    await this.debug.send('WebAuthn.setUserVerified', { ...this.id, isUserVerified });
  }

  /** From now on it signs wrongly, or leaves out a flag. */
  async misbehave(bits: {
    readonly isBogusSignature?: boolean;
    readonly isBadUV?: boolean;
    readonly isBadUP?: boolean;
  }): Promise<void> {
    await this.debug.send('WebAuthn.setResponseOverrideBits', { ...this.id, ...bits });
  }

  async credentials(): Promise<readonly HeldCredential[]> {
    const { credentials } = await this.debug.send('WebAuthn.getCredentials', this.id);
    return credentials;
  }

  async remove({ credentialId }: HeldCredential): Promise<void> {
    await this.debug.send('WebAuthn.removeCredential', { ...this.id, credentialId });
  }

  /** Puts a copy of a credential in the place of it, as somebody would have it who copied the authenticator earlier. */
  async restore(credential: HeldCredential): Promise<void> {
    await this.remove(credential);
    await this.debug.send('WebAuthn.addCredential', { ...this.id, credential });
  }

  /** Resolves when the browser removed a credential that the site no longer accepts. */
  removal(): Promise<void> {
    return new Promise((resolve) => {
      this.debug.on('WebAuthn.credentialDeleted', () => resolve());
    });
  }

  private get id(): { readonly authenticatorId: string } {
    return { authenticatorId: this.authenticatorId };
  }
}
