import type { Requirement } from '../../../src/core/decision/decide';
import type { Facts } from '../../../src/core/decision/decision';
import { DIMENSIONS } from './decision-dimensions';
import { TEST_FACTORS, factsOf } from './decision-facts';

/** One point of the space: what is known, and what is asked. */
export interface Point {
  readonly facts: Facts;
  readonly requirement: Requirement;
}

type Dimensions = typeof DIMENSIONS;
type Chosen = { readonly [Name in keyof Dimensions]: Dimensions[Name]['values'][number] };

/** Every policy, member and session is made once, however many points share it. */
function remembering<Value>(make: (chosen: Chosen) => Value, names: readonly (keyof Dimensions)[]) {
  const places = names.map((name) => NAMES.indexOf(name));
  const made = new Map<number, Value>();
  return (chosen: Chosen, digits: readonly number[]): Value => {
    const key = places.reduce((sum, place) => sum * 64 + (digits[place] ?? 0), 0);
    const known = made.get(key) ?? frozen(make(chosen));
    made.set(key, known);
    return known;
  };
}

const NAMES = Object.keys(DIMENSIONS) as (keyof Dimensions)[];

const policyOf = remembering(
  ({
    switches: { enabled, version },
    enrollment,
    methods,
    strength,
    grace: { graceUntil, skips },
    federation: { challengeFederated },
  }) =>
    factsOf({
      policy: { enabled, version, enrollment, methods, strength, graceUntil, skips, challengeFederated },
    }).policy,
  ['switches', 'enrollment', 'methods', 'strength', 'grace', 'federation'],
);
const memberOf = remembering(
  ({ member, grace: { skipsUsed }, exemption }) => ({ ...member, skipsUsed, exemption }),
  ['member', 'grace', 'exemption'],
);
const sessionOf = remembering(
  ({ session: found, skipped }) => (found === null ? null : { ...found, skipped }),
  ['session', 'skipped'],
);

function toPoint(chosen: Chosen, digits: readonly number[]): Point {
  const { switches, federation, locks, requirement } = chosen;
  const facts: Facts = {
    factors: TEST_FACTORS,
    session: sessionOf(chosen, digits),
    featureAvailable: switches.featureAvailable,
    policy: policyOf(chosen, digits),
    member: memberOf(chosen, digits),
    federated: federation.federated,
    hasPassword: chosen.hasPassword,
    authenticators: chosen.authenticators,
    recoveryCodesLeft: chosen.recoveryCodesLeft,
    onFile: chosen.onFile,
    onFileDisabled: chosen.onFileDisabled,
    onFileProven: chosen.onFileProven,
    availableKinds: chosen.availableKinds,
    enrolledBefore: chosen.enrolledBefore,
    spentChannels: chosen.spentChannels,
    codesLockedUntil: locks.codesLockedUntil,
    recoveryCodesLockedUntil: locks.recoveryCodesLockedUntil,
  };
  return { facts: Object.freeze(facts), requirement };
}

/** A decision that writes to what it is given would throw. */
function frozen<Value>(value: Value): Value {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  for (const part of Object.values(value)) frozen(part);
  return Object.freeze(value);
}

frozen(DIMENSIONS);

function choose(index: number, sizes: readonly number[]): number[] {
  let rest = index;
  return sizes.map((size) => {
    const digit = rest % size;
    rest = (rest - digit) / size;
    return digit;
  });
}

function pointAt(digits: readonly number[]): Point {
  const value = <Name extends keyof Dimensions>(name: Name, place: number): Chosen[Name] =>
    DIMENSIONS[name].values[digits[place] ?? 0] as Chosen[Name];
  const chosen: Chosen = {
    session: value('session', 0),
    skipped: value('skipped', 1),
    switches: value('switches', 2),
    enrollment: value('enrollment', 3),
    methods: value('methods', 4),
    grace: value('grace', 5),
    member: value('member', 6),
    exemption: value('exemption', 7),
    federation: value('federation', 8),
    hasPassword: value('hasPassword', 9),
    authenticators: value('authenticators', 10),
    recoveryCodesLeft: value('recoveryCodesLeft', 11),
    onFile: value('onFile', 12),
    availableKinds: value('availableKinds', 13),
    enrolledBefore: value('enrolledBefore', 14),
    locks: value('locks', 15),
    requirement: value('requirement', 16),
    spentChannels: value('spentChannels', 17),
    onFileProven: value('onFileProven', 18),
    onFileDisabled: value('onFileDisabled', 19),
    strength: value('strength', 20),
  };
  return toPoint(chosen, digits);
}

const product = (sizes: readonly number[]) => sizes.reduce((total, size) => total * size, 1);
const mainSizes = NAMES.map((name) => DIMENSIONS[name].main);
const allSizes = NAMES.map((name) => DIMENSIONS[name].values.length);

/** Every combination of the main values. */
export function* everyMainPoint(): Generator<Point> {
  const total = product(mainSizes);
  for (let index = 0; index < total; index += 1) yield pointAt(choose(index, mainSizes));
}

/**
 * So many points of the whole space, spread over it evenly and always the same: steps of the golden section, which
 * have no common divisor with the size of the space.
 */
export function* spreadDigits(count: number): Generator<readonly number[]> {
  const total = product(allSizes);
  const stride = coprimeNear(Math.floor(total * 0.618_033_988_75), total);
  let index = 0;
  for (let taken = 0; taken < count; taken += 1) {
    yield choose(index, allSizes);
    index = (index + stride) % total;
  }
}

export function* spreadPoints(count: number): Generator<Point> {
  for (const digits of spreadDigits(count)) yield pointAt(digits);
}

function coprimeNear(start: number, total: number): number {
  let candidate = start;
  while (divisor(candidate, total) !== 1) candidate += 1;
  return candidate;
}

function divisor(a: number, b: number): number {
  return b === 0 ? a : divisor(b, a % b);
}

/** How many pairs of values of two different facts never met in so many points. */
export function unmetPairs(count: number): number {
  const met = new Set<number>();
  for (const digits of spreadDigits(count)) {
    for (let first = 0; first < digits.length; first += 1) {
      for (let second = 0; second < first; second += 1) {
        met.add(((first * 64 + second) * 64 + (digits[first] ?? 0)) * 64 + (digits[second] ?? 0));
      }
    }
  }
  const pairs = allSizes.flatMap((size, first) => allSizes.slice(0, first).map((other) => size * other));
  return pairs.reduce((sum, size) => sum + size, 0) - met.size;
}
