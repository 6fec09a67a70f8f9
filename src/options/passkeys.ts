import { createRequire } from 'node:module';
import { isIP } from 'node:net';
import * as z from 'zod';
import { ConfigurationError } from '../core/errors';
import { PASSKEY_LIBRARY, libraryMissing, type PasskeySettings } from '../factors/passkey/ceremony-options';
import type { RulesFor } from './option-check';
import { NO_MESSAGE, aSwitch } from './option-kinds';
import { findPackagedViews } from './templates';

/** Passkeys and security keys (WebAuthn). */
export interface PasskeyOptions {
  /**
   * The domain that passkeys are permanently bound to: the host of `baseUrl` (default), or a parent domain, such as
   * `example.com` for `https://portal.example.com`.
   */
  readonly rpId?: string | undefined;
  /** The name that authenticators show. Default: `issuer`. */
  readonly rpName?: string | undefined;
  /** The origins whose pages may use passkeys: on `rpId` or a subdomain. Default: the origin of `baseUrl`. */
  readonly origins?: readonly string[] | undefined;
  /** Origins on other domains that may use passkeys of `rpId` (WebAuthn, related origins). Default: none. */
  readonly relatedOrigins?: readonly string[] | undefined;
  /**
   * Lets people sign in with a passkey instead of a password. Your `verify` is not called then, so `users.maySignIn` is
   * required. Default false.
   */
  readonly signIn?: boolean | undefined;
  /**
   * The authenticator models that may be registered, as AAGUIDs. Authenticators report their model themselves, so it can be
   * forged. Default: all.
   */
  readonly allowedAaguids?: readonly string[] | undefined;
  /** The models that may not be registered. Default: none. */
  readonly deniedAaguids?: readonly string[] | undefined;
}

const aDomain = z.string().refine((value) => isDomain(value), NO_MESSAGE);
const someOrigins = z.array(z.string().refine((value) => isOrigin(value), NO_MESSAGE)).min(1);
const someAaguids = z.array(z.guid()).min(1);

const ORIGINS = 'a list of one or more origins such as https://portal.example.com, without a path';
const AAGUIDS = 'a list of one or more AAGUIDs, each written as a UUID';
const UUID = "'ee882879-721c-4913-9775-3dfcce97072a'";

export const PASSKEY_RULES: RulesFor<PasskeyOptions> = {
  rpId: {
    schema: aDomain,
    allowed: 'a domain in lower case, without a scheme and a port; no IP address',
    write: "rpId: 'example.com'",
    shown: true,
  },
  rpName: {
    schema: z.string().trim().min(1).max(64),
    allowed: 'a name of 1 to 64 characters',
    write: "rpName: 'Acme Portal'",
    shown: true,
  },
  origins: {
    schema: someOrigins,
    allowed: ORIGINS,
    write: "origins: ['https://portal.example.com']",
  },
  relatedOrigins: {
    schema: someOrigins,
    allowed: ORIGINS,
    write: "relatedOrigins: ['https://portal.example.de']",
  },
  signIn: aSwitch('signIn: true'),
  allowedAaguids: { schema: someAaguids, allowed: AAGUIDS, write: `allowedAaguids: [${UUID}]` },
  deniedAaguids: { schema: someAaguids, allowed: AAGUIDS, write: `deniedAaguids: [${UUID}]` },
};

function isDomain(text: string): boolean {
  return isIP(text) === 0 && /^[a-z0-9-]+(?:\.[a-z0-9-]+)*$/.test(text) && text.length <= 253;
}

function isOrigin(text: string): boolean {
  return URL.canParse(text) && new URL(text).origin === text;
}

const isWithin = (origin: string, rpId: string) => {
  const { hostname } = new URL(origin);
  return hostname === rpId || hostname.endsWith(`.${rpId}`);
};

function refuse(option: string, problem: string): ConfigurationError {
  return new ConfigurationError(`passkeys.${option}`, problem);
}

/** An optional peer dependency. A bundled app contains its packages, or its bundler has reported a missing one. */
function isLibraryInstalled(): boolean {
  if (findPackagedViews() === undefined) return true;
  try {
    // Bundlers replace `require` with their own function, which finds nothing at run time.
    return createRequire(__filename).resolve(PASSKEY_LIBRARY) !== '';
  } catch {
    return false;
  }
}

/** Null if passkeys are off. */
export function resolvePasskeys(
  given: PasskeyOptions | undefined,
  site: { readonly issuer: string; readonly origin: string; readonly saysWhoMaySignIn?: boolean },
): PasskeySettings | null {
  if (given === undefined) return null;
  if (!isLibraryInstalled()) throw libraryMissing();
  const { relatedOrigins = [], signIn = false } = given;
  if (signIn && site.saysWhoMaySignIn !== true)
    throw refuse(
      'signIn',
      'A sign-in by passkey does not ask your `verify`, and users.maySignIn is missing. Write users: { maySignIn: (user, req) => user.active }.',
    );
  const rpId = given.rpId ?? new URL(site.origin).hostname;
  if (!isDomain(rpId))
    throw refuse(
      'rpId',
      `${rpId} is an IP address, and browsers have passkeys for domains only. Write baseUrl: 'http://localhost:3000' in development.`,
    );
  const origins = given.origins ?? [site.origin];
  const outside = origins.find((origin) => !isWithin(origin, rpId));
  if (outside !== undefined)
    throw refuse(
      given.origins === undefined ? 'rpId' : 'origins',
      `${outside} is not on ${rpId} or below it. Write rpId: '${new URL(outside).hostname}', or list it in relatedOrigins.`,
    );
  return {
    relyingParty: {
      id: rpId,
      name: given.rpName ?? site.issuer,
      origins: [...origins, ...relatedOrigins],
    },
    relatedOrigins,
    signIn,
    allowedAaguids: given.allowedAaguids ?? null,
    deniedAaguids: given.deniedAaguids ?? [],
  };
}
