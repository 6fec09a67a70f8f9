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

/** How many wrong passwords are checked. */
export interface PasswordThrottle {
  /**
   * For one username, from each address, remembered browser and session; twice as many from all the addresses together that
   * it never signed in from.
   */
  readonly perUsername: Allowance;
  /** From one address, for all usernames. */
  readonly perAddress: Allowance;
  /** In the whole app. Above it, nobody is refused: an event is reported, and unknown addresses are answered more slowly. */
  readonly overall: Allowance;
}

/** A CSRF middleware that the host mounts before the pages. */
export interface HostCsrf {
  /** The token of this request, for the forms of the pages. */
  token(req: Request): string;
  /** The field in which the host's middleware looks for it. Default `_csrf`. */
  readonly field?: string | undefined;
}

/** The parts of a policy that a host may set for every organization that has not saved its own. */
export type PolicyDefaults = Partial<Omit<Policy, 'organizationId' | 'version'>>;

/**
 * What `createMfa` takes. Every option is checked when it is called; one that cannot be used throws
 * {@link ConfigurationError}, whose message says what was passed, what is allowed and what to write. Options that weaken
 * something start with `dangerously`. `User` is whatever the host keeps in `req.user`.
 */
export interface MfaOptions<User = Express.User> extends ReportOptions, LanguageOptions {
  /** The name shown in authenticator apps, messages and pages: 1 to 64 characters without a colon. */
  readonly issuer: string;
  /**
   * Where people reach the app, such as `https://portal.example.com`: every absolute URL and the security of cookies come from it.
   * With a path, `https://example.com/portal`, all paths of the options are below it, and so is where people are led back to, also
   * where a proxy in front of the app strips it.
   */
  readonly baseUrl: string | URL;
  /**
   * One or more secrets of at least 32 random bytes each, in base64. The first encrypts, all decrypt. To rotate, put the
   * new one last on every process, then first on every process, call `resealAll`, and drop the old one when it says that
   * nothing is left under it and a day has passed for what is in flight.
   */
  readonly keys: readonly (string | undefined)[];
  /** The store for data that must survive: policies, members, authenticators, events. */
  readonly records: RecordStore;
  /** The store for data that may be lost: pending logins, challenges, the session index. */
  readonly state: StateStore;
  /** The host's user table. `findById` is enough to sign people in. */
  readonly users: UserDirectory<User>;
  /**
   * What the package needs to know of a user, where the user's own fields do not say it by these names. A name that is left out is
   * read from the user. A name that is there is final: `{ email: undefined }` or null is no address, whatever `user.email` says.
   */
  readonly account?: ((user: User) => AccountFields) | undefined;
  /** The user's id. Default: `user.id`. Ids are kept as text; an id that is an object must have a `toString` of its own. */
  readonly userId?: ((user: User) => string | number | bigint | object) | undefined;
  /** Sends codes and security notices by email. Without it, no email is sent. */
  readonly email?: EmailSender | undefined;
  /** Sends codes by text message. Without it, none is sent. */
  readonly sms?: SmsSender | undefined;
  /** The policy of organizations that have not saved one. Default: MFA off. Checked like a policy that is saved. */
  readonly defaultPolicy?: PolicyDefaults | undefined;
  /** Where the host mounts `mfa.pages()`. Default `/mfa`. */
  readonly pagesPath?: string | undefined;
  /** Where the host mounts `mfa.adminPages()`. Default `/admin/mfa`. */
  readonly adminPath?: string | undefined;
  /** Where people without a session are sent. Default: `pagesPath` and `/login`. */
  readonly loginPath?: string | undefined;
  /** Where a finished step leads when nothing else was asked for: a local path. Default `/`. */
  readonly defaultReturnTo?: string | undefined;
  /**
   * Whether a `req.login` that just happened is the person proving who they are; `req.user` is who was signed in. For ten minutes such a
   * sign-in is proof enough to set up a first method. Answer false for a cookie that remembers the person and for staff who look at
   * the app as somebody else. Default: every `req.login` is, but for one over a session of somebody else’s.
   */
  readonly isFreshSignIn?: ((req: Request) => boolean | Promise<boolean>) | undefined;
  /**
   * Whose multi-factor authentication counts, by a name of your own for each identity provider: the values of `acr` and `amr` that
   * stand for a second factor there, and how old it may be. It counts in the session for which `recordFirstFactor` was given the
   * claims; never for a step-up, administrators' pages, or where phishing resistance is asked for. Default: none.
   */
  readonly upstreamMfa?: UpstreamRules | undefined;
  /** Whether an organization has the feature. Default: all have it. */
  readonly featureAvailable?: ((organizationId: string) => boolean | Promise<boolean>) | undefined;
  /**
   * Limits on guessing, which can only be made stricter: at most 5 a challenge, 10 in a row a user, 100 in a row an
   * authenticator; `lockSeconds` 1800 to 86400. Those are the defaults too, with 1800.
   */
  readonly limits?: Partial<GuessLimits> | undefined;
  /**
   * Switches passkeys and security keys on; `{}` takes the defaults. Choose `rpId` before the first one is registered: it cannot be
   * changed afterwards. Default: off.
   */
  readonly passkeys?: PasskeyOptions | undefined;
  /** Time steps of 30 s accepted on each side of now, 0 or 1. Default 1. */
  readonly totpWindow?: 0 | 1 | undefined;
  /** How long a sent code is valid, 60 to 600. Default 300. */
  readonly codeSeconds?: number | undefined;
  /** How long a login may take after the password, 60 to 600. Default 600. */
  readonly pendingLoginSeconds?: number | undefined;
  /** How long to wait for the SMS sender before the code goes by email, 0.05 to 30. Default 5. */
  readonly smsTimeoutSeconds?: number | undefined;
  /** How long to wait for the email sender, 0.05 to 30. Default 10. */
  readonly emailTimeoutSeconds?: number | undefined;
  /**
   * How often codes are sent. A list that is given takes the place of the default one; an empty list lifts a shared limit, never
   * a person's own. Each organization has budgets of its own, and enrollments are counted apart in them. `totalSms` and `total`
   * hold over all organizations: keep them several times an organization's, so that none can use them up for the others. At the
   * end of a shared budget the event `send-budget-exhausted` says which, and a text message goes by email where there is an
   * address; at the end of `totalSms` and `total` `onError` is told too.
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
   * The folder of the package's pages and mails, an absolute path. Default: next to its code. A bundled app must copy
   * `node_modules/express-mfa/views` and pass the path.
   */
  readonly viewsPath?: string | undefined;
  /**
   * A folder of yours with templates, an absolute path. A file in it takes the place of the package's file of the same path, such as
   * `login.ejs` or `partials/open.ejs`. Default: none.
   */
  readonly views?: string | undefined;
  /**
   * The name, logo, colours and help links of pages and messages; or a function that returns them for an organization, and for null where
   * nobody is known yet. Default: ours.
   */
  readonly brand?: Brand | BrandOf | undefined;
  /** A stylesheet of yours after ours, a path on this site. It may set the custom properties that `express-mfa.css` lists. */
  readonly stylesheet?: string | undefined;
  /** Links below the sign-in form, at most five. */
  readonly signInLinks?: readonly SignInLink[] | undefined;
  /** Accepts `http:` for hosts other than localhost: passwords and codes are then readable in transit. Default false. */
  readonly dangerouslyAllowInsecureBaseUrl?: boolean | undefined;
  /** Allows unlimited password attempts. Default false. */
  readonly dangerouslyDisablePasswordThrottle?: boolean | undefined;
  /**
   * Runs under `NODE_ENV=production` although the record store may lose its data. Afterwards, people who had enrolled sign in without
   * a second factor, unless the user table has `mfaEnrolled`. Default false: every request is refused then.
   */
  readonly dangerouslyAcceptVolatileRecords?: boolean | undefined;
  /**
   * Lets a window that opened our pages keep its hold on them (`Cross-Origin-Opener-Policy: unsafe-none`), for a sign-in in a
   * popup that reports to `window.opener`. Any site that opens them has that hold too: it can lead the window elsewhere while
   * somebody types a code. Default false: the popup is cut off, unless its opener is of this site and sends `same-origin` too.
   */
  readonly dangerouslyAllowOpener?: boolean | undefined;
}

/** Ten attempts are enough for a person. Many people may share an address. */
const PER_USERNAME: Allowance = Object.freeze({ points: 10, seconds: 900 });
const PER_ADDRESS: Allowance = Object.freeze({ points: 100, seconds: 900 });
/** Most apps never reach it; a busy one raises it. */
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
