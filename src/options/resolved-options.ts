import type { Request } from 'express';
import type { CountryCode } from '../core/address/phone-number';
import type { UpstreamRules } from '../core/decision/upstream-proof';
import type { GuessLimits } from '../core/member/authenticator';
import type { FactorKind } from '../core/member/factor-kind';
import type { Policy } from '../core/policy/policy';
import type { SendLimits } from '../delivery/budgets';
import type { PasskeySettings } from '../factors/passkey/ceremony-options';
import type { RecordStore } from '../stores/record-store';
import type { StateStore } from '../stores/state-store';
import type { ResolvedBrand, SignInLink } from './brand';
import type { ResolvedLanguages } from './languages';
import type { AccountFields, PasswordThrottle } from './options';
import type { Clock, EmailSender, SmsSender, UserDirectory } from './ports';
import type { ResolvedReportOptions } from './report-options';
import type { Templates } from './templates';

/** The checked options, with all defaults filled in. */
export interface ResolvedOptions<User = Express.User> extends ResolvedReportOptions, ResolvedLanguages {
  readonly issuer: string;
  /** The origin, without a slash at the end. */
  readonly baseUrl: string;
  /** The name of the host, without a port. */
  readonly host: string;
  /** Whether people reach the app over TLS. */
  readonly secure: boolean;
  /** The path of `baseUrl`, without a slash at the end. The paths below begin with it. */
  readonly publicPrefix: string;
  readonly keys: readonly string[];
  readonly records: RecordStore;
  readonly state: StateStore;
  readonly users: UserDirectory<User>;
  readonly account: (user: User) => AccountFields;
  /** Throws {@link ConfigurationError} for a user without a usable id. */
  readonly userId: (user: User) => string;
  readonly email: EmailSender | null;
  readonly sms: SmsSender | null;
  /** The kinds that can be delivered or verified in this app, in the order in which they are offered. */
  readonly availableKinds: readonly FactorKind[];
  /** The policy of an organization that never saved one. */
  readonly defaultPolicy: (organizationId: string) => Policy;
  readonly pagesPath: string;
  readonly adminPath: string;
  readonly loginPath: string;
  readonly defaultReturnTo: string;
  /** Never rejects. */
  readonly isFreshSignIn: (req: Request) => Promise<boolean>;
  readonly upstreamMfa: UpstreamRules;
  readonly featureAvailable: (organizationId: string) => boolean | Promise<boolean>;
  readonly limits: GuessLimits;
  readonly passkeys: PasskeySettings | null;
  readonly totpWindow: 0 | 1;
  readonly codeSeconds: number;
  readonly pendingLoginSeconds: number;
  readonly smsTimeoutSeconds: number;
  readonly emailTimeoutSeconds: number;
  readonly sends: SendLimits;
  /** Null allows every country. */
  readonly allowedCountries: readonly CountryCode[] | null;
  /** Null if it is disabled. */
  readonly passwordThrottle: PasswordThrottle | null;
  /** Null if the pages check their own tokens. */
  readonly csrf: { readonly token: (req: Request) => string; readonly field: string } | null;
  readonly clock: Clock;
  readonly viewsPath: string;
  readonly templates: Templates;
  /** The brand for an organization, or for null if the user is not known yet. Never rejects. */
  readonly brandOf: (organizationId: string | null) => Promise<ResolvedBrand>;
  readonly stylesheet: string | null;
  readonly signInLinks: readonly SignInLink[];
  /** Never throws. */
  readonly dangerouslyAcceptVolatileRecords: boolean;
  readonly dangerouslyAllowOpener: boolean;
  /** The names of the enabled options that weaken security. */
  readonly dangers: readonly string[];
}
