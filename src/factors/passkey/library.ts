import { ConfigurationError } from '../../core/errors';

// The package that checks passkeys is an optional peer dependency. It is loaded when it is first needed, since it takes longer to load than
// the rest of ours.

export const PASSKEY_LIBRARY = '@simplewebauthn/server';

export function libraryMissing(): ConfigurationError {
  return new ConfigurationError(
    'passkeys',
    `the package that checks them is not installed. Run npm install ${PASSKEY_LIBRARY}, or leave out passkeys.`,
  );
}

function refuse(cause: unknown): never {
  throw Object.assign(libraryMissing(), { cause });
}

// Bundlers let a package be missing where a `catch` follows.
export const loadServer = () => import('@simplewebauthn/server').catch(refuse);
export const loadHelpers = () => import('@simplewebauthn/server/helpers').catch(refuse);
