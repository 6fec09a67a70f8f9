import type { Request } from 'express';
import type { CountryCode } from '../core/address/phone-number';
import type { UpstreamRules } from '../core/decision/upstream-proof';
import { GUESS_LIMITS, type GuessLimits } from '../core/member/authenticator';
import type { Policy } from '../core/policy/policy';
import { SEND_LIMITS, type SendLimits } from '../delivery/budgets';
import type { RecordStore } from '../stores/record-store';
import type { StateStore } from '../stores/state-store';
import type { Brand, BrandOf, SignInLink } from './brand';
import type { LanguageOptions } from './languages';
import type { PasskeyOptions } from './passkeys';
import type { Account, Clock, EmailSender, SmsSender, UserDirectory } from './ports';
import type { EventRetention, ReportOptions } from './report-options';

export type { CountryCode } from '../core/address/phone-number';
export type { SendLimits, SendWindow } from '../delivery/budgets';

/** The fields that `account` may return for a user; undefined or null means none. */
export type AccountFields = {
  readonly [Name in Exclude<keyof Account, 'id' | 'active'>]?: Account[Name] | null | undefined;
} & { readonly active?: boolean };

/** At most `points` attempts in a rolling window of `seconds`. */
export interface Allowance {
  readonly points: number;
  readonly seconds: number;
}

/** Limits on wrong passwords. */
export interface PasswordThrottle {
  /**
   * For one username, counted separately for each address, remembered browser and session. All addresses that the username
   * never signed in from together get twice as many.
   */
  readonly perUsername: Allowance;
  /** From one address, for all usernames. */
  readonly perAddress: Allowance;
  /** In the whole app. Beyond this limit nobody is refused: an event is reported, and unknown addresses get slower answers. */
  readonly overall: Allowance;
}

/** A CSRF middleware that the host mounts before the pages. */
export interface HostCsrf {
  /** The token of this request, for the forms of the pages. */
  token(req: Request): string;
  /** The form field that the host's middleware reads. Default `_csrf`. */
  readonly field?: string | undefined;
}

/** The policy fields that a host can set for organizations that have not saved their own policy. */
export type PolicyDefaults = Partial<Omit<Policy, 'organizationId' | 'version'>>;

/**
 * The options of `createMfa`. All options are checked at the call. An invalid option throws {@link ConfigurationError}, whose
 * message says what was passed, what is allowed and what to write. Options that weaken security start with `dangerously`.
 * `User` is the type of the host's `req.user`.
 */
export interface MfaOptions<User = Express.User> extends ReportOptions, LanguageOptions {
  /** The name shown in authenticator apps, messages and pages: 1 to 64 characters without a colon. */
  readonly issuer: string;
  /**
   * The public URL of the app, such as `https://portal.example.com`. Absolute URLs and the security of cookies depend on it.
   * With a path, such as `https://example.com/portal`, all paths of the options and all redirects are below that path, even if
   * a proxy in front of the app strips it.
   */
  readonly baseUrl: string | URL;
  /**
   * One or more secrets of at least 32 random bytes each, in base64. The first encrypts, all decrypt. To rotate, put the new
   * key last in every process, then first in every process, and call `resealAll`. Remove the old key when `resealAll` reports
   * that nothing uses it any more, and a day has passed for data in flight.
   */
  readonly keys: readonly (string | undefined)[];
  /** The store for data that must survive: policies, members, authenticators, events. */
  readonly records: RecordStore;
  /** The store for data that may be lost: pending logins, challenges, the session index. */
  readonly state: StateStore;
  /** The host's user table. `findById` is enough to sign people in. */
  readonly users: UserDirectory<User>;
  /**
   * Maps a user to the fields that the package needs, if the user's own fields have other names. A missing key is read from the
   * user. A key that is present is final: `{ email: undefined }` or null means no address, whatever `user.email` is.
   */
  readonly account?: ((user: User) => AccountFields) | undefined;
  /** The user's id. Default: `user.id`. Ids are stored as text; an id that is an object must have its own `toString`. */
  readonly userId?: ((user: User) => string | number | bigint | object) | undefined;
  /** Sends codes and security notices by email. Without it, no email is sent. */
  readonly email?: EmailSender | undefined;
  /** Sends codes by text message. Without it, no text message is sent. */
  readonly sms?: SmsSender | undefined;
  /** The policy of organizations that have not saved one. Default: MFA off. It is checked like a saved policy. */
  readonly defaultPolicy?: PolicyDefaults | undefined;
  /** The path where the host mounts `mfa.pages()`. Default `/mfa`. */
  readonly pagesPath?: string | undefined;
  /** The path where the host mounts `mfa.adminPages()`. Default `/admin/mfa`. */
  readonly adminPath?: string | undefined;
  /** The path of the sign-in page, for people without a session. Default: `/login` below `pagesPath`. */
  readonly loginPath?: string | undefined;
  /** The path to redirect to after a finished step if there is no `returnTo`: a local path. Default `/`. */
  readonly defaultReturnTo?: string | undefined;
  /**
   * Whether the `req.login` that just happened proves the person's identity; `req.user` is the new user. For ten minutes after
   * such a sign-in, the person can set up a first method. Return false for a "remember me" cookie, and for staff who
   * impersonate a user. Default: true for every `req.login`, unless it replaces the session of another user.
   */
  readonly isFreshSignIn?: ((req: Request) => boolean | Promise<boolean>) | undefined;
  /**
   * Identity providers whose second factor counts, by a name of your choice for each: the values of `acr` and `amr` that mean a
   * second factor there, and its maximum age. It counts in the session for which you passed the claims to `recordFirstFactor`,
   * but never for a step-up, for the administrators' pages, or if phishing resistance is required. Default: none.
   */
  readonly upstreamMfa?: UpstreamRules | undefined;
  /** Whether an organization has the feature. Default: all have it. */
  readonly featureAvailable?: ((organizationId: string) => boolean | Promise<boolean>) | undefined;
  /**
   * Limits on wrong codes, which can only be made stricter: at most 5 per challenge, 10 in a row per user, 100 in a row per
   * authenticator, and a lock of 1800 to 86400 seconds (`lockSeconds`). The defaults are 5, 10, 100 and 1800.
   */
  readonly limits?: Partial<GuessLimits> | undefined;
  /**
   * Enables passkeys and security keys; `{}` uses the defaults. Choose `rpId` before the first passkey is registered: it cannot
   * be changed afterwards. Default: off.
   */
  readonly passkeys?: PasskeyOptions | undefined;
  /** How many time steps of 30 seconds before and after the current one are accepted: 0 or 1. Default 1. */
  readonly totpWindow?: 0 | 1 | undefined;
  /** How long a sent code is valid, in seconds: 60 to 600. Default 300. */
  readonly codeSeconds?: number | undefined;
  /** How long a login may take after the password, in seconds: 60 to 600. Default 600. */
  readonly pendingLoginSeconds?: number | undefined;
  /** How long to wait for the SMS sender before the code is sent by email, in seconds: 0.05 to 30. Default 5. */
  readonly smsTimeoutSeconds?: number | undefined;
  /** How long to wait for the email sender, in seconds: 0.05 to 30. Default 10. */
  readonly emailTimeoutSeconds?: number | undefined;
  /**
   * Limits on sending codes. A list replaces the default list; an empty list removes a shared limit, but never a person's own.
   * Each organization has its own budgets, in which enrollments are counted separately. `totalSms` and `total` apply to all
   * organizations together: set them to several times an organization's budget, so that one organization cannot use them up for
   * the others. When a shared budget is exhausted, the event `send-budget-exhausted` names it, and text messages are sent by
   * email instead if there is an address. For `totalSms` and `total`, `onError` is also called.
   */
  readonly sends?: { readonly [Name in keyof SendLimits]?: SendLimits[Name] | undefined } | undefined;
  /** Countries that text messages may be sent to, such as `['GB', 'DE']` (ISO 3166-1). Default: all. */
  readonly allowedCountries?: readonly CountryCode[] | undefined;
  /** Limits on wrong passwords. Default: 10 for a username and 100 for an address in 900 s, 100 in total in 60 s. */
  readonly passwordThrottle?:
    | {
        readonly perUsername?: Partial<Allowance> | undefined;
        readonly perAddress?: Partial<Allowance> | undefined;
        readonly overall?: Partial<Allowance> | undefined;
      }
    | undefined;
  /** For hosts with their own CSRF middleware before the pages. Default: the pages check their own tokens. */
  readonly csrf?: HostCsrf | undefined;
  /** The clock. Default: the system clock. */
  readonly clock?: Clock | undefined;
  /**
   * The folder of the package's pages and emails, an absolute path. Default: next to its code. A bundled app must copy
   * `node_modules/express-mfa/views` and pass the path.
   */
  readonly viewsPath?: string | undefined;
  /**
   * A folder with your own templates, an absolute path. A file in it replaces the package's file of the same relative path,
   * such as `login.ejs` or `partials/open.ejs`. Default: none.
   */
  readonly views?: string | undefined;
  /**
   * The name, logo, colours and help links of pages and messages; or a function that returns them for an organization, or for
   * null if the user is not known yet. Default: ours.
   */
  readonly brand?: Brand | BrandOf | undefined;
  /**
   * Your own stylesheet, loaded after ours: a path on this site. It can set the custom properties that `express-mfa.css` lists.
   */
  readonly stylesheet?: string | undefined;
  /** Links below the sign-in form, at most five. */
  readonly signInLinks?: readonly SignInLink[] | undefined;
  /** Accepts `http:` for hosts other than localhost. Passwords and codes can then be read in transit. Default false. */
  readonly dangerouslyAllowInsecureBaseUrl?: boolean | undefined;
  /** Allows unlimited password attempts. Default false. */
  readonly dangerouslyDisablePasswordThrottle?: boolean | undefined;
  /**
   * Runs under `NODE_ENV=production` although the record store may lose its data. Afterwards, people who had enrolled sign in
   * without a second factor, unless the user table has `mfaEnrolled`. Default false: every request is then refused.
   */
  readonly dangerouslyAcceptVolatileRecords?: boolean | undefined;
  /**
   * Lets a window that opened our pages keep a reference to them (`Cross-Origin-Opener-Policy: unsafe-none`), for a sign-in in
   * a popup that reports to `window.opener`. Every site that opens our pages then has such a reference: it can navigate the
   * window elsewhere while the user types a code. Default false: the popup loses its opener, unless the opener is on this site
   * and also sends `same-origin`.
   */
  readonly dangerouslyAllowOpener?: boolean | undefined;
}

/** Ten attempts are enough for one person, but many people may share an address. */
const PER_USERNAME: Allowance = Object.freeze({ points: 10, seconds: 900 });
const PER_ADDRESS: Allowance = Object.freeze({ points: 100, seconds: 900 });
/** Most apps never reach this limit; busy apps raise it. */
const OVERALL: Allowance = Object.freeze({ points: 100, seconds: 60 });
const EVENTS: EventRetention = Object.freeze({ keepCount: 100_000, keepSeconds: 400 * 86_400 });

/** The defaults of the options. Durations are in seconds. */
export const OPTION_DEFAULTS = Object.freeze({
  pagesPath: '/mfa',
  adminPath: '/admin/mfa',
  defaultReturnTo: '/',
  limits: Object.freeze({ ...GUESS_LIMITS }),
  totpWindow: 1,
  codeSeconds: 300,
  pendingLoginSeconds: 600,
  smsTimeoutSeconds: 5,
  emailTimeoutSeconds: 10,
  sends: SEND_LIMITS,
  passwordThrottle: Object.freeze({ perUsername: PER_USERNAME, perAddress: PER_ADDRESS, overall: OVERALL }),
  csrfField: '_csrf',
  events: EVENTS,
  dangerouslyAllowInsecureBaseUrl: false,
  dangerouslyDisablePasswordThrottle: false,
  dangerouslyAcceptVolatileRecords: false,
  dangerouslyAllowOpener: false,
} as const);
