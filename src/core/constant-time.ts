import { timingSafeEqual } from 'node:crypto';

/**
 * Compares two texts in a time that says nothing about where they differ. How long they are is no secret of anything compared
 * here. Never throws, whatever their lengths.
 */
export function isEqualInConstantTime(left: string, right: string): boolean {
  const [one, other] = [Buffer.from(left), Buffer.from(right)];
  return one.length === other.length && timingSafeEqual(one, other);
}
