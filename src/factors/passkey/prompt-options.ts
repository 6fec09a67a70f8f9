// What browsers take for their prompt, as JSON (WebAuthn Level 3, 5.1.8 and 5.1.9). Our own types, since the package that makes the
// options is there only where passkeys are switched on.

export interface CredentialDescriptorJson {
  readonly id: string;
  readonly type: string;
  readonly transports?: readonly string[];
}

/** What `PublicKeyCredential.parseCreationOptionsFromJSON` takes. Binary values are base64url. */
export interface CreationOptionsJson {
  readonly rp: { readonly id?: string; readonly name: string };
  readonly user: { readonly id: string; readonly name: string; readonly displayName: string };
  readonly challenge: string;
  readonly pubKeyCredParams: readonly { readonly alg: number; readonly type: 'public-key' }[];
  readonly timeout?: number;
  readonly excludeCredentials?: readonly CredentialDescriptorJson[];
  readonly authenticatorSelection?: {
    readonly authenticatorAttachment?: string;
    readonly requireResidentKey?: boolean;
    readonly residentKey?: string;
    readonly userVerification?: string;
  };
  readonly hints?: readonly string[];
  readonly attestation?: string;
  readonly extensions?: object;
}

/** What `PublicKeyCredential.parseRequestOptionsFromJSON` takes. Binary values are base64url. */
export interface RequestOptionsJson {
  readonly challenge: string;
  readonly timeout?: number;
  readonly rpId?: string;
  readonly allowCredentials?: readonly CredentialDescriptorJson[];
  readonly userVerification?: string;
  readonly hints?: readonly string[];
  readonly extensions?: object;
}
