import { emailCode, smsCode } from './delivered-code/definition';
import type { FactorDefinition } from './factor';
import { passkey } from './passkey/definition';
import { recoveryCode } from './recovery-codes/definition';
import { totp } from './totp/definition';

/** Every factor, in the order in which they are offered. */
export const FACTORS: readonly FactorDefinition[] = [passkey, totp, smsCode, emailCode, recoveryCode];
