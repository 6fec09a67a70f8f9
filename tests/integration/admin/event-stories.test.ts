import type { EventName, ShownEvent } from '../../../src/index';
import { createAdminHost, signIn, signInWithPlantedApp, type AdminHost } from '../../support/admin-host';
import type { HttpAgent } from '../../support/http-agent';
import { linkTo, textOf } from '../../support/page-text';
import { plantApp } from '../../support/planted';
import { totpCode, wrongCodes } from '../../support/totp';

const EVENTS = '/admin/mfa/acme/events';
const LOGIN_MS = 600_000;
const KEEP = { maxCount: 1000, maxAgeSeconds: 400 * 86_400 };

let host: AdminHost;
let agent: HttpAgent;

beforeEach(async () => {
  host = createAdminHost();
  await host.mfa.policies.save('acme', { enabled: true, enrollment: 'assigned' });
  ({ agent } = await signInWithPlantedApp(host, 'ada'));
  await host.mfa.settled();
  await host.records.removeEvents('acme');
});

/** What stands in bold on each line of the page. */
function sentences(html: string): readonly string[] {
  return [...html.matchAll(/class="event-what"><b>(.*?)<\/b>/gs)].map(([, inner = '']) =>
    textOf(inner).trim(),
  );
}

/** The number of events on the page, in stories and on their own. */
function rowCount(html: string): number {
  const inStories = [...html.matchAll(/<ol class="event-rows small">(.*?)<\/ol>/gs)].flatMap(
    ([, list = '']) => [...list.matchAll(/<li>/g)],
  );
  return inStories.length + [...html.matchAll(/<span class="event-what">/g)].length;
}

const pageOf = async (query = '') => (await agent.get(`${EVENTS}${query}`)).text;

async function eventsOf(query = ''): Promise<readonly ShownEvent[]> {
  const { body } = await agent.getJson(`${EVENTS}${query}`);
  return (body as { events: readonly ShownEvent[] }).events;
}

/** A person who has to type a code by email. */
async function assignEmail(userId: string): Promise<void> {
  await host.mfa.members.save({ userId, organizationId: 'acme' }, { enabled: true, assignedKind: 'email' });
  await host.mfa.settled();
  await host.records.removeEvents('acme');
}

async function guessWrong(member: HttpAgent, secret: string, count: number): Promise<void> {
  for (const code of wrongCodes(secret, host.clock.now(), count))
    await member.postJson('/mfa/challenge', { code });
}

describe('the events of one sign-in', () => {
  it('are one line that says what happened, with the events below it', async () => {
    await signInWithPlantedApp(host, 'alan');
    const page = await pageOf();
    expect(sentences(page)).toEqual(['Alan Turing signed in with password and authenticator app']);
    expect(textOf(page)).toMatch(/4 events.*Password accepted.*Code requested.*Code accepted.*Signed in/);
    const events = await eventsOf();
    expect(events.map(({ name }) => name)).toEqual([
      'signed-in',
      'proof-accepted',
      'challenge-issued',
      'password-accepted',
    ]);
    expect(new Set(events.map(({ loginId }) => loginId))).toEqual(
      new Set([expect.stringMatching(/^[\w-]{16}$/)]),
    );
    expect((await agent.get(`${EVENTS}.csv`)).text.trim().split('\n')).toHaveLength(5);
  });

  it('say how often a code was wrong, as severe as the worst of them', async () => {
    const { secret } = await plantApp(host, 'alan');
    const alan = await signIn(host, 'alan');
    await guessWrong(alan, secret, 2);
    await alan.postJson('/mfa/challenge', { code: totpCode(secret, host.clock.now()) });
    const page = await pageOf();
    expect(sentences(page)).toEqual(['Alan Turing signed in with password and authenticator app']);
    expect(textOf(page)).toContain('2 failed attempts');
    expect(page.slice(0, page.indexOf('<details'))).toContain('badge-attention');
  });

  it('say that a sign-in is under way, and later that no code was entered', async () => {
    await assignEmail('mary');
    await signIn(host, 'mary');
    expect(sentences(await pageOf())).toEqual(['Mary Jackson hasn’t finished signing in yet']);
    host.clock.advance(LOGIN_MS + 1);
    expect(sentences(await pageOf())).toEqual(['Mary Jackson didn’t finish signing in: no code was entered']);
  });

  it('are kept apart from those of another sign-in of the same person at the same time', async () => {
    const { secret } = await plantApp(host, 'alan');
    await signIn(host, 'alan');
    const owner = await signIn(host, 'alan');
    await owner.postJson('/mfa/challenge', { code: totpCode(secret, host.clock.now()) });
    host.clock.advance(LOGIN_MS + 1);
    expect(sentences(await pageOf())).toEqual([
      'Alan Turing signed in with password and authenticator app',
      'Alan Turing didn’t finish signing in: no code was entered',
    ]);
  });

  it('say that a method was set up on the way', async () => {
    await host.mfa.policies.save('acme', { enabled: true, enrollment: 'required' });
    const alan = await signIn(host, 'alan');
    const { body } = await alan.postJson('/mfa/enroll/totp');
    const { totp } = body as { totp: { secret: string } };
    await alan.postJson('/mfa/enroll/totp/confirm', { code: totpCode(totp.secret, host.clock.now()) });
    await alan.postJson('/mfa/recovery-codes/saved');
    const page = await pageOf('?q=alan');
    expect(sentences(page)).toEqual(['Alan Turing signed in with password']);
    expect(textOf(page)).toContain('method added: Authenticator app');
  });

  it('are told on the page of the member too', async () => {
    await signInWithPlantedApp(host, 'alan');
    const { text } = await agent.get('/admin/mfa/acme/members/alan');
    expect(sentences(text)).toEqual(['Alan Turing signed in with password and authenticator app']);
  });

  it('stand alone under a filter by kind or severity, and together under one by person or day', async () => {
    await signInWithPlantedApp(host, 'alan');
    await signInWithPlantedApp(host, 'mary');
    expect(sentences(await pageOf('?name=proof-accepted'))).toEqual(['Code accepted', 'Code accepted']);
    const informed = await pageOf('?severity=info&q=alan');
    expect(sentences(informed)).toEqual([
      'Signed in',
      'Code accepted',
      'Code requested',
      'Password accepted',
    ]);
    const today = new Date(host.clock.now()).toISOString().slice(0, 10);
    expect(sentences(await pageOf(`?q=alan&from=${today}&to=${today}`))).toEqual([
      'Alan Turing signed in with password and authenticator app',
    ]);
  });
});

const asked = (kind: string) => ['challenge-issued', { kind, purpose: 'login' }] as const;
const password = (next: string) => ['password-accepted', { next }] as const;
const proven = ['proof-accepted', { kind: 'email', purpose: 'login' }] as const;

describe('a sign-in that is over and has no session', () => {
  it.each<[sentence: string, events: readonly (readonly [EventName, ShownEvent['details']])[]]>([
    [
      'Mary Jackson didn’t finish signing in: the code couldn’t be sent',
      [password('challenge'), asked('sms'), ['delivery-failed', { kind: 'sms', purpose: 'login' }]],
    ],
    [
      'Mary Jackson didn’t finish signing in: no code was entered',
      [password('challenge'), asked('sms'), ['delivery-fell-back', { kind: 'email', purpose: 'login' }]],
    ],
    [
      'Mary Jackson didn’t finish signing in: the second step was never taken',
      [password('challenge'), asked('passkey')],
    ],
    [
      'Mary Jackson didn’t finish signing in: no method was set up',
      [password('enroll'), ['enrollment-started', { kind: 'totp', purpose: 'enroll' }]],
    ],
    [
      'Mary Jackson didn’t finish signing in',
      [password('challenge'), asked('email'), ['proof-rejected', { kind: 'email', purpose: 'login' }]],
    ],
    ['Mary Jackson didn’t finish signing in', [password('challenge'), asked('email'), proven]],
    // Of `mfa.challenges`, whose sign-in is the host's own.
    ['Mary Jackson confirmed with email code', [asked('email'), proven]],
  ])('is told so: %s', async (sentence, events) => {
    const at = host.clock.now() - LOGIN_MS - 1;
    const ofLogin = { userId: 'mary', organizationId: 'acme', loginId: 'one', at };
    await host.records.appendEvents(
      events.map(([name, details]) => ({ ...ofLogin, name, details })),
      KEEP,
    );
    expect(sentences(await pageOf())).toEqual([sentence]);
  });
});

describe('a sign-in over two pages', () => {
  it('is on both, each event once, and no page claims that it was not finished', async () => {
    await signInWithPlantedApp(host, 'alan');
    await signInWithPlantedApp(host, 'mary');
    host.clock.advance(LOGIN_MS * 2);
    for (const limit of [1, 2, 3, 5]) {
      let next = `?limit=${limit}`;
      let rows = 0;
      const told: string[] = [];
      while (next !== '') {
        const page = await pageOf(next);
        expect(rowCount(page)).toBe((await eventsOf(next)).length);
        rows += rowCount(page);
        told.push(textOf(page));
        next = linkTo(page, 'Older').replace(EVENTS, '');
      }
      expect([limit, rows]).toEqual([limit, 8]);
      expect(told.join(' ')).not.toMatch(/didn’t finish|hasn’t finished/);
    }
    const second = await pageOf(linkTo(await pageOf('?limit=2'), 'Older').replace(EVENTS, ''));
    expect(sentences(second)).toEqual(['Part of a sign-in by Mary Jackson']);
    expect(textOf(second)).toContain('This list may not have all events of this sign-in.');
  });

  it('is not called unfinished where its end is past the last day of the filter', async () => {
    await signInWithPlantedApp(host, 'alan');
    const events = await eventsOf();
    const end = events[0]?.at ?? 0;
    host.clock.advance(LOGIN_MS * 2);
    await host.records.removeEvents('acme');
    const moved = events.map((event) => ({
      ...event,
      at: event.name === 'signed-in' ? end + 1000 : event.at,
    }));
    await host.records.appendEvents(moved.toReversed(), KEEP);
    const until = new Date(end + 1000).toISOString();
    expect(sentences(await pageOf(`?to=${until}`))).toEqual(['Part of a sign-in by Alan Turing']);
    expect(sentences(await pageOf())).toEqual(['Alan Turing signed in with password and authenticator app']);
  });
});
