import { MfaError } from '../core/errors';
import type { FactorState } from '../core/member/factor-kind';
import type { Schema } from '../core/schema';

/** What a factor has stored. @throws MfaError `records-unreadable` where it is not what was written. */
export function readState<State>(schema: Schema<State>, stored: FactorState): State {
  const read = schema.safeParse(stored);
  if (read.success) return read.data;
  throw new MfaError('records-unreadable', 'What a factor stored is not what was written.', {
    cause: read.error,
  });
}
