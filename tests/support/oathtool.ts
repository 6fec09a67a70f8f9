import { execFileSync } from 'node:child_process';
import { findProgram } from './programs';

/** A code as another implementation of RFC 6238 computes it. */
export function oathCode(
  key: Buffer,
  now: number,
  {
    algorithm = 'SHA1',
    digits = 6,
    period = 30,
  }: {
    readonly algorithm?: 'SHA1' | 'SHA256' | 'SHA512';
    readonly digits?: number;
    readonly period?: number;
  } = {},
): string {
  const options = [`--totp=${algorithm}`, `--digits=${digits}`, `--time-step-size=${period}s`];
  const args = [...options, `--now=@${Math.floor(now / 1000)}`, key.toString('hex')];
  return execFileSync(findProgram('oathtool'), args, { encoding: 'utf8' }).trim();
}
