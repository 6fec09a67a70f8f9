import type { FactorKind } from '../../core/member/factor-kind';
import type { Moment, WithPage } from '../kernel/render-page';

declare module '../kernel/render-page' {
  interface ViewLocals {
    settings: SettingsLocals;
    sessions: SessionsLocals;
  }
}

export interface SettingsLocals extends WithPage {
  readonly notice: string | null;
  readonly error: string | null;
  readonly authenticators: readonly SettingsAuthenticator[];
  /** The address on file that codes go to because an administrator said so; null where there is none. */
  readonly onFile: { readonly kind: FactorKind; readonly destination: string } | null;
  /** False for people whom an identity provider signs in. */
  readonly hasPassword: boolean;
  /** What may be added; empty leaves the links out. */
  readonly addable: readonly FactorKind[];
  /** The page on which new recovery codes wait to be saved; null where none do. */
  readonly unseenCodes: string | null;
  /** Null where the organization has none or no factor is enrolled. */
  readonly recoveryCodes: {
    readonly left: number;
    readonly of: number;
    readonly createdAt: Moment | null;
  } | null;
  /** Null where the policy does not allow remembered browsers. */
  readonly rememberedBrowsers: readonly RememberedBrowserRow[] | null;
  /** Back to the host's application. */
  readonly backPath: string | null;
  /** Views of factors that tell the browser what changed. */
  readonly announcements: readonly {
    readonly view: string;
    readonly shown: Readonly<Record<string, unknown>>;
  }[];
}

export interface SettingsAuthenticator {
  readonly id: string;
  readonly kind: FactorKind;
  readonly label: string;
  readonly destination: string | null;
  /** A word of its factor, such as `synced`. */
  readonly about: string | null;
  readonly addedAt: Moment;
  readonly lastUsedAt: Moment | null;
  readonly askedFirst: boolean;
  /** Offers to ask this one first. */
  readonly preferable: boolean;
  /** False for the last usable one under a required policy: it can be replaced, not removed. */
  readonly removable: boolean;
  /** Kind that the organization no longer allows: it still has to be proven, and cannot be added again. */
  readonly allowed: boolean;
  /** Too many wrong codes: it proves nothing any more until it is set up again. */
  readonly switchedOff: boolean;
}

export interface RememberedBrowserRow {
  readonly id: string;
  readonly browser: string;
  readonly place: string;
  readonly addedAt: Moment;
  readonly lastUsedAt: Moment | null;
  readonly current: boolean;
}

export interface SessionsLocals extends WithPage {
  readonly notice: string | null;
  readonly sessions: readonly SessionRow[];
  readonly settingsPath: string | null;
}

export interface SessionRow {
  readonly id: string;
  readonly browser: string;
  readonly address: string;
  readonly startedAt: Moment;
  readonly lastSeenAt: Moment;
  /** `Password and authenticator app` */
  readonly proof: string;
  readonly current: boolean;
}
