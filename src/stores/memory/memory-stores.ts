import { checkArguments } from '../../options/call-check';
import type { RecordStore } from '../record-store';
import type { StateStore } from '../state-store';
import { memoryRecords } from './memory-records';
import { memoryState } from './memory-state';

/**
 * Both stores in the memory of one process, for trying out and for tests.
 *
 * @example
 * createMfa({ ...memoryStores(), issuer, baseUrl, keys, users });
 */
export function memoryStores(...none: readonly []): {
  readonly records: RecordStore;
  readonly state: StateStore;
} {
  checkArguments('memoryStores', [], none);
  return { records: memoryRecords(), state: memoryState() };
}
