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
  /** The address on file that receives codes because an administrator assigned the method; null if there is none. */
  readonly onFile: { readonly kind: FactorKind; readonly destination: string } | null;
  /** False for people who sign in with an identity provider. */
  readonly hasPassword: boolean;
  /** The kinds that can be added. No links are shown if it is empty. */
  readonly addable: readonly FactorKind[];
  /** The page with new recovery codes that are not saved yet; null if there are no such codes. */
  readonly unseenCodes: string | null;
  /** Null if the organization does not use them, or no factor is enrolled. */
  readonly recoveryCodes: {
    readonly left: number;
    readonly of: number;
    readonly createdAt: Moment | null;
  } | null;
  /** Null if the policy does not allow remembered browsers. */
  readonly rememberedBrowsers: readonly RememberedBrowserRow[] | null;
  readonly backPath: string | null;
  /** Views of factors that inform the browser about changes. */
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
  /** A short note from its factor, such as `synced`. */
  readonly about: string | null;
  readonly addedAt: Moment;
  readonly lastUsedAt: Moment | null;
  readonly askedFirst: boolean;
  readonly preferable: boolean;
  /** False for the last usable method if the policy requires one: it can be replaced, but not removed. */
  readonly removable: boolean;
  /** False if the organization no longer allows this kind: it must still be proven, but cannot be added again. */
  readonly allowed: boolean;
  /** True after too many wrong codes: the method does not work until it is set up again. */
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
