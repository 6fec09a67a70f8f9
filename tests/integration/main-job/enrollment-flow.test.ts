import { memoryState, type StateStore } from '../../../src/index';
import { gatherSetupFacts } from '../../../src/flows/context/judge-access';
import { skipEnrollment } from '../../../src/flows/enrollment/authorize-enrollment';
import { confirmEnrollment } from '../../../src/flows/enrollment/confirm-enrollment';
import { findEnrollment, startEnrollment } from '../../../src/flows/enrollment/enroll';
import { startDeliveredEnrollment } from '../../../src/flows/enrollment/enroll-delivered';
import { beginHostLogin } from '../../../src/flows/sign-in/host-login';
import { createFlowWorld, createRoster } from '../../support/admin-flows';

// What the pages cannot lead to, or only in the moment between two requests.

const PHONE = '+442079460018';
const origin = { address: '192.0.2.7', userAgent: 'Firefox' };

async function inLogin(change: Partial<StateStore> = {}, state: StateStore = memoryState()) {
  const mary = { id: 'mary', name: 'Mary', organizationId: 'acme' };
  const world = createFlowWorld({ roster: createRoster([mary]), state: { ...state, ...change } });
  const { context } = world;
  await world.savePolicy({ enabled: true, enrollment: 'required' });
  const account = context.directory.accountOf(mary);
  const { subject } = await beginHostLogin(context, account);
  const request = async () => ({
    subject,
    gathered: await gatherSetupFacts(context, { account, subject }),
    pendingUntil: subject.expiresAt,
  });
  const sendCode = async (destination = PHONE) =>
    startDeliveredEnrollment(context, { ...(await request()), kind: 'sms', destination, origin: null });
  const newestCode = () => /\b\d{6}\b/.exec(world.outbox.messages.at(-1)?.text ?? '')?.[0];
  return { world, context, account, subject, request, sendCode, newestCode };
}

describe('an enrollment', () => {
  it('of a kind whose codes are sent cannot begin without an address, nor another one with it', async () => {
    const { context, request, world } = await inLogin();
    await expect(startEnrollment(context, { ...(await request()), kind: 'email' })).rejects.toThrow(
      'email has no enrollment without a sent code.',
    );
    const begun = { ...(await request()), kind: 'totp', destination: PHONE, origin: null };
    await expect(startDeliveredEnrollment(context, begun)).rejects.toThrow(
      'totp has no channel to send a code by.',
    );
    expect(world.outbox.messages).toEqual([]);
  });

  it('adds a phone where another enrollment was begun to replace one', async () => {
    const { world, context, account, subject, sendCode, newestCode } = await inLogin();
    const authenticatorId = await world.enroll('mary', { kind: 'sms' });
    const at = world.clock.now();
    const evidence = [
      { method: 'host', at },
      { method: 'sms', authenticatorId, at },
    ];
    await context.state.savePendingEvidence(subject.userId, subject.ownerId, evidence);
    expect(await sendCode()).toMatchObject({ outcome: 'started' });
    const confirmed = await confirmEnrollment(context, {
      ...{ account, subject, origin, kind: 'sms', submitted: newestCode(), label: null },
      wizardUnderWay: true,
      endOthers: false,
      replaces: { authenticatorId, enrollmentId: 'another' },
    });
    expect(confirmed).toMatchObject({ outcome: 'enrolled' });
    const { authenticators } = await context.records.findMember('mary', 'acme');
    expect(authenticators.map(({ id }) => id)).toContain(authenticatorId);
    expect(authenticators).toHaveLength(2);
    await world.settled();
  });
});

it('is not put off in a login that is not finished', async () => {
  const { world, context, account, subject } = await inLogin();
  await world.savePolicy({ enrollment: 'optional', skips: 3 });
  const skipped = await skipEnrollment(context, { account, subject, origin, onboarding: false });
  expect(skipped).toEqual({ outcome: 'refused' });
  expect((await context.records.findMember('mary', 'acme')).settings.skipsUsed).toBe(0);
});

describe('an enrollment that waits for its code', () => {
  it('is found under its own kind only, until its time is over', async () => {
    const { context, subject, request, world } = await inLogin();
    for (const kind of ['passkey', 'totp']) {
      expect(await startEnrollment(context, { ...(await request()), kind })).toMatchObject({
        outcome: 'started',
      });
      const found = ['passkey', 'totp', 'sms', 'email'].map(async (one) => {
        const enrollment = await findEnrollment(context, subject, one);
        return enrollment?.challenge.kind;
      });
      expect((await Promise.all(found)).filter((one) => one !== undefined)).toEqual([kind]);
    }
    world.clock.set(subject.expiresAt);
    expect(await findEnrollment(context, subject, 'totp')).toBeUndefined();
  });

  it('is found with its address after its time is over, so that another code can be sent there', async () => {
    const { context, subject, sendCode, world } = await inLogin();
    await sendCode();
    world.clock.set(subject.expiresAt);
    const found = await findEnrollment(context, subject, 'sms');
    expect(found?.secret?.reveal()).toBe(PHONE);
  });

  it('gives way to an address after a passkey was begun', async () => {
    const { context, request, sendCode, newestCode } = await inLogin();
    await startEnrollment(context, { ...(await request()), kind: 'passkey' });
    expect(await sendCode()).toMatchObject({ outcome: 'started', sent: { kind: 'sms' } });
    expect(newestCode()).toBeDefined();
  });
});

describe('an enrollment whose login ends meanwhile', () => {
  it('does not begin', async () => {
    const { context, subject, request } = await inLogin();
    const begun = await request();
    await context.state.endPendingLogin(subject.userId, subject.ownerId);
    expect(await startEnrollment(context, { ...begun, kind: 'totp' })).toEqual({ outcome: 'gone' });
    expect(await findEnrollment(context, subject, 'totp')).toBeUndefined();
  });

  it('sends no code, and counts none as sent', async () => {
    const state = memoryState();
    let sends = 0;
    const { context, subject, request, world } = await inLogin(
      {
        spendSendBudgets(...given) {
          sends += 1;
          return state.spendSendBudgets(...given);
        },
      },
      state,
    );
    const begun = await request();
    await state.endPendingLogin(subject.userId, subject.ownerId);
    const sms = { ...begun, kind: 'sms', destination: PHONE, origin: null };
    expect(await startDeliveredEnrollment(context, sms)).toEqual({ outcome: 'gone' });
    expect([sends, world.outbox.messages]).toEqual([0, []]);
  });

  it('sends no code where that happens while the code is counted', async () => {
    const state = memoryState();
    let ownerId = '';
    const { subject, sendCode, world } = await inLogin(
      {
        async spendSendBudgets(...given) {
          await state.endPendingLogin('mary', ownerId);
          return state.spendSendBudgets(...given);
        },
      },
      state,
    );
    ({ ownerId } = subject);
    expect(await sendCode()).toEqual({ outcome: 'gone' });
    expect(world.outbox.messages).toEqual([]);
  });

  it('is refused like any other where that happens while a code to another number is refused', async () => {
    const state = memoryState();
    let meanwhile = async (_spend: () => Promise<unknown>): Promise<unknown> => undefined;
    const { subject, sendCode, world } = await inLogin(
      {
        async spendSendBudgets(...given) {
          await meanwhile(() => state.spendSendBudgets(...given));
          return state.spendSendBudgets(...given);
        },
      },
      state,
    );
    expect(await sendCode()).toMatchObject({ outcome: 'started' });
    meanwhile = async (spend) => {
      await spend();
      await state.endPendingLogin(subject.userId, subject.ownerId);
    };
    expect(await sendCode('+447700900999')).toMatchObject({ outcome: 'refused', because: 'send-limit' });
    expect(world.outbox.messages).toHaveLength(1);
  });
});
