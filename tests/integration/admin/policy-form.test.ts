import { defaultPolicy } from '../../../src/core/policy/policy';
import { ENGLISH } from '../../../src/factors/factor-words';
import { parseInstant } from '../../../src/http/admin/form-fields';
import { parsePolicy } from '../../../src/http/admin/policy-form';
import { durationField } from '../../../src/http/admin/words';

const now = Date.UTC(2026, 0, 15);
const current = { ...defaultPolicy('acme'), methods: ['totp', 'sms', 'email'] };
const parse = (body: unknown) => parsePolicy(ENGLISH, body, { current, now });

describe('reading a policy', () => {
  it('changes what is there and nothing else', () => {
    expect(parse({ enabled: true, sessionDurationSeconds: 3600 })).toEqual({
      change: { enabled: true, sessionDurationSeconds: 3600 },
      expectedVersion: null,
      faults: [],
    });
    expect(parse({}).change).toEqual({});
  });

  it('takes a box that the whole form does not send as off', () => {
    const { change } = parse({ whole: 'yes', enabled: 'on', methods: ['', 'totp'] });
    expect(change).toEqual({
      enabled: true,
      enrollAtSignUp: false,
      backupPhone: false,
      challengeFederated: false,
      smsFallback: false,
      newBrowserNotice: false,
      methods: ['totp'],
    });
  });

  it('takes a method once, however often it is sent', () => {
    expect(parse({ methods: ['totp', 'totp'] }).change).toEqual({ methods: ['totp'] });
  });

  it('takes no skips for none', () => {
    expect(parse({ skips: 0 }).change).toEqual({ skips: null });
  });

  it('takes nothing from what a body inherits', () => {
    expect(parse(Object.create({ enabled: true, skips: 3, version: 1 }))).toEqual({
      change: {},
      expectedVersion: null,
      faults: [],
    });
  });

  it('reads durations with their unit', () => {
    const { change } = parse({
      rememberBrowser: '30',
      rememberBrowserUnit: 'days',
      sessionDuration: '1.5',
      sessionDurationUnit: 'hours',
      idleTimeout: '',
    });
    expect(change).toEqual({
      rememberBrowserSeconds: 2_592_000,
      sessionDurationSeconds: 5400,
      idleTimeoutSeconds: null,
    });
  });

  it.each([3600, 5400, 86_400, 7_776_000, 90, 61])(
    'shows %i seconds so that it reads them back',
    (seconds) => {
      const { amount, unit } = durationField(seconds);
      const { change } = parse({ sessionDuration: amount, sessionDurationUnit: unit });
      expect(change).toEqual({ sessionDurationSeconds: seconds });
    },
  );

  it.each([
    [{ enabled: 'perhaps' }, 'enabled'],
    [{ enabled: ['on', 'off'] }, 'enabled'],
    [{ enrollment: 'forced' }, 'enrollment'],
    [{ enrollment: ['required', 'optional'] }, 'enrollment'],
    [{ methods: ['totp', 'telepathy'] }, 'methods'],
    [{ methods: { totp: true } }, 'methods'],
    [{ graceUntil: 'tomorrow' }, 'graceUntil'],
    [{ graceUntil: '2026-02-31' }, 'graceUntil'],
    [{ graceUntil: '2026-01-14' }, 'graceUntil'],
    [{ skips: 'many' }, 'skips'],
    [{ skips: Infinity }, 'skips'],
    [{ sessionDuration: '1d;', sessionDurationUnit: 'days' }, 'sessionDurationSeconds'],
    [{ sessionDuration: '5', sessionDurationUnit: 'fortnights' }, 'sessionDurationSeconds'],
    [{ sessionDuration: '' }, 'sessionDurationSeconds'],
    [{ sessionDurationSeconds: 'NaN' }, 'sessionDurationSeconds'],
    [{ version: '-1' }, 'version'],
    [{ version: 'x' }, 'version'],
  ])('refuses %j', (body, field) => {
    const { faults, change } = parse(body);
    expect(faults.map((fault) => fault.field)).toEqual([field]);
    expect(change).toEqual({});
  });

  it('keeps an end of grace that the form sends back unchanged, though it has passed', () => {
    const graceUntil = Date.UTC(2026, 0, 10, 17, 30);
    const { change, faults } = parsePolicy(
      ENGLISH,
      { graceUntil: '2026-01-10' },
      { current: { ...current, graceUntil }, now },
    );
    expect({ change, faults }).toEqual({ change: { graceUntil }, faults: [] });
    const exact = { graceUntil: new Date(graceUntil).toISOString() };
    expect(parsePolicy(ENGLISH, exact, { current: { ...current, graceUntil }, now })).toMatchObject({
      change: { graceUntil },
      faults: [],
    });
  });

  it('reads instants in ISO 8601 only', () => {
    expect(parseInstant('2026-12-15')).toBe(Date.UTC(2026, 11, 15));
    expect(parseInstant('2026-12-15T10:00:00+02:00')).toBe(Date.UTC(2026, 11, 15, 8));
    for (const text of [
      '2026-12-15T10:00',
      'Dec 15 2026',
      '15.12.2026',
      '',
      '2026-13-01',
      '2026-12-15T25:00Z',
    ]) {
      expect(parseInstant(text)).toBeNull();
    }
    for (const other of [1.5, Number.NaN, 1e20, {}, null, ['2026-12-15']]) {
      expect(parseInstant(other)).toBeNull();
    }
  });
});
