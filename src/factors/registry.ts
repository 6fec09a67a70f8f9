import type { FactorKind } from '../core/member/factor-kind';
import { createDeliveredCodeFactor } from './delivered-code-factor';
import type { Factor, FactorContext } from './factor';
import { createRecoveryCodeFactor } from './recovery-code-factor';
import { createTotpFactor } from './totp-factor';

/** Every factor by its kind. A Map, so that a kind such as `constructor` finds nothing. */
export type FactorRegistry = ReadonlyMap<FactorKind, Factor>;

export function createFactors(context: FactorContext): FactorRegistry {
  const factors = [
    createTotpFactor(context),
    createDeliveredCodeFactor('sms', context),
    createDeliveredCodeFactor('email', context),
    createRecoveryCodeFactor(context),
  ];
  return new Map(factors.map((factor) => [factor.kind, factor]));
}
