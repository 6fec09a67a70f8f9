import { emailCode, smsCode } from './delivered-code/definition';
import type { FactorDefinition } from './factor';
import { passkey } from './passkey/definition';
import { passkeyWayIn } from './passkey/sign-in';
import { recoveryCode } from './recovery-codes/definition';
import { totp } from './totp/definition';
import type { WayIn } from './way-in';

/** Every factor, in the order they are offered. */
export const FACTORS: readonly FactorDefinition[] = [passkey, totp, smsCode, emailCode, recoveryCode];

export const WAY_IN: WayIn = passkeyWayIn;
