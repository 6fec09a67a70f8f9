import { redisRecords } from './records';
import type { Authenticator } from '../../src/core/member/authenticator';
import type { MfaEvent } from '../../src/index';
import { redisState } from '../../src/redis';
import { createClock } from './clock';
import { enrollApp } from './member';
import { TEST_KEY, createPortal, type Portal } from './portal';
import { connectRedis } from './redis-client';

export const ACME = { organizationId: 'acme' };

/** Ada and Mary have enrolled an app under the old key; each test of the file begins there, a minute later. */
export function openKeyRotation() {
  const redis = connectRedis();
  const clock = createClock();
  const snapshot = new Map<string, Buffer>();
  /** What Ada has. */
  const enrolled = { secret: '', recoveryCodes: [''] as readonly string[] };
  const started: Portal[] = [];

  beforeAll(async () => {
    const portal = startProcess([TEST_KEY]);
    await portal.mfa.policies.save('acme', { enabled: true, enrollment: 'required' });
    await enrollApp(portal, 'mary');
    Object.assign(enrolled, await enrollApp(portal, 'ada'));
    await portal.mfa.settled();
    for (const key of await redis.keys('*')) {
      const dump = await redis.dumpBuffer(key);
      if (dump !== null) snapshot.set(key, dump);
    }
  });
  afterAll(() => redis.disconnect());
  // What a process still stores would reach the next test.
  afterEach(() => Promise.all(started.splice(0).map(({ mfa }) => mfa.settled())));
  beforeEach(async () => {
    await redis.flushdb();
    await Promise.all([...snapshot].map(([key, dump]) => redis.restore(key, 0, dump)));
    clock.advance(60_000);
  });

  /** A process of the same app: the same Redis and clock, and keys of its own. */
  function startProcess(keys: readonly string[]): Portal {
    const portal = createPortal({ keys, clock, records: redisRecords(redis), state: redisState(redis) });
    started.push(portal);
    return { ...portal, clock };
  }

  return { redis, clock, enrolled, startProcess };
}

export function hear(portal: Portal): MfaEvent[] {
  const events: MfaEvent[] = [];
  portal.mfa.events.on('event', (event) => events.push(event));
  return events;
}

export async function sealedSecrets(portal: Portal, ...userIds: string[]): Promise<string[]> {
  const members = await portal.records.findMembers(userIds, 'acme');
  return members.flatMap(({ authenticators }) =>
    authenticators.map(({ sealedSecret }) => sealedSecret ?? ''),
  );
}

export function anAddress(given: {
  readonly authenticatorId: string;
  readonly kind: 'sms' | 'email' | 'passkey';
  readonly sealedSecret: string | null;
  readonly createdAt: number;
}): Authenticator {
  return {
    id: given.authenticatorId,
    kind: given.kind,
    label: 'Mine',
    createdAt: given.createdAt,
    lastUsedAt: null,
    failures: 0,
    disabledAt: null,
    state: {},
    sealedSecret: given.sealedSecret,
    maskedDestination: '***',
  };
}
