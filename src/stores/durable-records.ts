import { MfaError } from '../core/errors';
import type { RecordStore } from './record-store';

/**
 * The records, refused until the store was found to keep what it is given. A store that forgets reads as "never enrolled",
 * which would let a password alone in. What was found right once is not asked again.
 */
export function requireDurableRecords(records: RecordStore): RecordStore {
  let durable = false;

  async function checkDurable(): Promise<void> {
    const [weakness] = await records.findWeaknesses();
    if (weakness !== undefined) {
      throw new MfaError(
        'records-not-durable',
        `${weakness} Or pass dangerouslyAcceptVolatileRecords: true if losing them is what you want.`,
      );
    }
    durable = true;
  }

  return new Proxy(records, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== 'function') return value;
      const call = (args: unknown[]): unknown => Reflect.apply(value, target, args);
      return (...args: unknown[]) =>
        durable || name === 'findWeaknesses' ? call(args) : checkDurable().then(() => call(args));
    },
  });
}
