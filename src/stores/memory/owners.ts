import type { Challenge, ChallengePurpose, PendingLogin } from '../state-store';
import type { ExpiringMap } from './expiring-map';

/** A pending login or a session, with its challenges and the attempts spent, by purpose. Values are replaced, never changed. */
export interface Owner {
  readonly pending: PendingLogin | null;
  readonly challenges: ReadonlyMap<ChallengePurpose, Challenge>;
  readonly attempts: ReadonlyMap<ChallengePurpose, number>;
}

export type Owners = ExpiringMap<Owner>;

/** JSON, so that no pair of ids can be mistaken for another. */
export function ownerKey(userId: string, ownerId: string): string {
  return JSON.stringify([userId, ownerId]);
}

export function isOwnedBy(key: string, userId: string): boolean {
  return key.startsWith(`${JSON.stringify([userId]).slice(0, -1)},`);
}

export function withEntry<Key, Value>(map: ReadonlyMap<Key, Value>, key: Key, value: Value): Map<Key, Value> {
  return new Map(map).set(key, value);
}

export function withoutEntry<Key, Value>(map: ReadonlyMap<Key, Value>, key: Key): Map<Key, Value> {
  const rest = new Map(map);
  rest.delete(key);
  return rest;
}
