import { PassThrough } from 'node:stream';
import pino from 'pino';
import { MfaError } from '../../../src/core/errors';
import { createLog } from '../../../src/events/log';
import { ConfigurationError, type Logger } from '../../../src/index';
import { visit } from '../../support/member';
import { PASSWORD, createPortal } from '../../support/portal';
import { totpCode, wrongCode } from '../../support/totp';

interface Line {
  readonly level: number;
  readonly msg: string;
  readonly module?: string;
  readonly event?: string;
  readonly organizationId?: string;
  readonly code?: string;
  readonly err?: { readonly message: string };
}

/** pino, and what it has written. */
function openPino() {
  const out = new PassThrough();
  const written: string[] = [];
  out.on('data', (chunk: Buffer) => written.push(chunk.toString()));
  const logger = pino({ level: 'trace' }, out);
  const text = () => written.join('');
  const lines = () =>
    text()
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Line);
  return { logger, text, lines };
}

const [INFO, WARN, ERROR] = [30, 40, 50];

describe('the option logger', () => {
  it('gets every stored event once, at the level of its severity', async () => {
    const { logger, lines } = openPino();
    const portal = createPortal({ logger });
    await portal.mfa.policies.save('acme', { enabled: true, enrollment: 'required' });
    const agent = visit(portal);
    await agent.postJson('/mfa/login', { username: 'ada', password: 'wrong' });
    await agent.logIn('ada');
    const { totp } = (await agent.postJson('/mfa/enroll/totp')).body as { totp: { secret: string } };
    const code = totpCode(totp.secret, portal.clock.now());
    await agent.postJson('/mfa/enroll/totp/confirm', { code: wrongCode(code) });
    await agent.postJson('/mfa/enroll/totp/confirm', { code });
    await portal.mfa.settled();
    const { events } = await portal.records.listEvents({ organizationId: 'acme', limit: 100 });
    const logged = lines().filter(({ event }) => event !== undefined);
    const ofAcme = logged
      .filter(({ organizationId }) => organizationId === 'acme')
      .map(({ event = '' }) => event);
    expect(ofAcme.toSorted()).toEqual(events.map(({ name }) => name).toSorted());
    expect(logged.length).toBeGreaterThan(4);
    expect(logged.every(({ event, msg, module }) => event === msg && module === 'express-mfa')).toBe(true);
    const levelOf = (name: string) => logged.find(({ event }) => event === name)?.level;
    expect([levelOf('signed-in'), levelOf('authenticator-added')]).toEqual([INFO, INFO]);
    expect(levelOf('password-rejected')).toBe(WARN);
  });

  it('gets errors once, and no line holds a code, a secret or an address', async () => {
    const { logger, lines, text } = openPino();
    const sent: string[] = [];
    const portal = createPortal({
      logger,
      onError: undefined,
      email: {
        // As mail servers answer, and as libraries keep the request on the error.
        async send({ to, text: body }) {
          sent.push(body);
          throw Object.assign(new Error(`550 <${to}> refused: ${body}`), { code: 'EENVELOPE', body });
        },
      },
    });
    const policy = { enabled: true, enrollment: 'required', methods: ['totp', 'email'] } as const;
    await portal.mfa.policies.save('acme', policy);
    const agent = visit(portal);
    await agent.logIn('ada');
    await agent.postJson('/mfa/enroll/email', { email: 'ada@acme.example' });
    const { totp } = (await agent.postJson('/mfa/enroll/totp')).body as { totp: { secret: string } };
    const right = totpCode(totp.secret, portal.clock.now());
    const { body } = await agent.postJson('/mfa/enroll/totp/confirm', { code: right });
    const { recoveryCodes } = body as { recoveryCodes: string[] };
    await portal.mfa.settled();
    const errors = lines().filter(({ level, err }) => level === ERROR && err !== undefined);
    expect(errors.length).toBeGreaterThan(0);
    const code = /\b\d{6}\b/.exec(sent.join(' '))?.[0];
    const hidden = [code, right, totp.secret, ...recoveryCodes, 'ada@acme.example', '127.0.0.1', PASSWORD];
    expect(hidden.filter((secret) => secret === undefined || text().includes(secret))).toEqual([]);
  });

  it('says which error it was, and warns of what only advises', () => {
    const { logger, lines } = openPino();
    const log = createLog(logger);
    log.error(
      new MfaError('store-unavailable', 'Redis is down.', { cause: new Error('connect ECONNREFUSED') }),
    );
    log.error(new MfaError('host-misconfigured', 'Set trust proxy.'));
    log.error('a text');
    expect(lines()).toMatchObject([
      {
        level: ERROR,
        code: 'store-unavailable',
        msg: 'Redis is down.',
        err: { name: 'MfaError', message: 'Redis is down.: connect ECONNREFUSED' },
      },
      { level: WARN, code: 'host-misconfigured', msg: 'Set trust proxy.' },
      { level: ERROR, msg: 'a text' },
    ]);
  });

  it('gets nothing of an error but its name, code, message, stack and causes, without addresses', () => {
    const { logger, text, lines } = openPino();
    const command = { name: 'set', args: ['secret value'] };
    const cause = Object.assign(new Error('To +44 20 7946 0018, 123456 and ada@acme.example'), { command });
    createLog(logger).error(Object.assign(new Error('Failed.', { cause }), { code: 'E_FAILED', command }));
    expect(text()).not.toMatch(/secret value|7946|123456|ada@/);
    expect(lines()[0]).toMatchObject({
      code: 'E_FAILED',
      err: { message: 'Failed.: To [removed], [removed] and [removed]' },
    });
  });

  it('leaves errors to onError where there is one', () => {
    const { logger, lines } = openPino();
    const told: unknown[] = [];
    const portal = createPortal({ logger, onError: (error) => told.push(error) });
    portal.mfa.events.on('signed-out', () => {
      throw new Error('of a listener');
    });
    createPortal({ logger, onError: (error) => told.push(error) });
    expect(lines().filter(({ err }) => err !== undefined)).toEqual([]);
  });

  it('may fail without failing a request', async () => {
    const failing = () => {
      throw new Error('The disk is full.');
    };
    const portal = createPortal({ logger: { error: failing, warn: failing, info: failing } });
    const agent = visit(portal);
    const answer = await agent.postJson('/mfa/login', { username: 'ada', password: PASSWORD });
    expect(answer.body).toMatchObject({ outcome: 'signed-in' });
  });

  it('is refused where it is no logger', () => {
    const open = (logger: unknown) => () => createPortal({ logger: logger as Logger });
    expect(open(console.log)).toThrow(ConfigurationError);
    expect(open({ error: () => undefined })).toThrow(/logger.*Write logger: pino\(\)/);
  });
});
