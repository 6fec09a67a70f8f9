import { checkHistory } from '../../history/check-history';
import type { Act, Answer, Call, Fault } from '../../history/history';

type Scene = readonly (readonly [act: Act, answer?: Partial<Answer>, more?: Partial<Call>])[];

/** Calls one after another, unless `more` says that they overlap. */
function play(scene: Scene, faults: readonly Fault[] = []) {
  const calls = scene.map(([act, answer, more], index): Call => ({
    id: index + 1,
    process: 0,
    person: 'ada',
    browser: 'ada-b0',
    login: 'ada-b0-s1',
    act,
    invoked: index * 10,
    responded: index * 10 + 5,
    at: index * 1000,
    answeredAt: index * 1000,
    answer: { verdict: 'yes', status: 200, ...answer },
    ...more,
  }));
  return checkHistory({ calls, faults });
}

function check(scene: Scene, faults: readonly Fault[] = []) {
  const { violations, lost } = play(scene, faults);
  return { violations: violations.map(({ rule }) => rule), lost: lost.map(({ rule }) => rule) };
}

const KEPT = { violations: [], lost: [] };
const broken = (...rules: string[]) => ({ violations: rules, lost: [] });

const UNKNOWN = { verdict: 'unknown', status: 503 } as const;
const refused = (because: string) => ({ verdict: 'no', status: 401, because }) as const;

const PASSWORD: Act = { kind: 'password' };
const VISIT: Act = { kind: 'visit' };
const INSPECT: Act = { kind: 'inspect' };
const proof = (name: string | null, purpose: 'login' | 'step-up' = 'login'): Act => ({
  kind: 'proof',
  purpose,
  group: 'codes',
  proof: name,
});
const enroll = (factor: string, more: Partial<Act & { kind: 'enroll' }> = {}): Act => ({
  kind: 'enroll',
  factor,
  proof: `${factor} at its enrollment`,
  endsOthers: false,
  ...more,
});
const remove = (factor: string, endsOthers = false): Act => ({ kind: 'remove', factor, endsOthers });
const sees = (factors: readonly string[], recoveryCodesLeft = factors.length === 0 ? 0 : 10) => ({
  factors,
  recoveryCodesLeft,
});

describe('a right proof', () => {
  it('is accepted once', () => {
    expect(check([[proof('app at step 1')], [proof('app at step 2')]])).toEqual(KEPT);
    expect(check([[proof('app at step 1')], [proof('app at step 1'), refused('code-used')]])).toEqual(KEPT);
  });

  it('is caught when it is accepted twice, for whatever purpose', () => {
    expect(check([[proof('app at step 1')], [proof('app at step 1', 'step-up')]])).toEqual(
      broken('proof-once'),
    );
    expect(check([[enroll('app', { proof: 'app at step 1' })], [proof('app at step 1')]])).toEqual(
      broken('proof-once'),
    );
  });

  it('may be accepted after an answer that nobody got', () => {
    expect(check([[proof('app at step 1'), UNKNOWN], [proof('app at step 1')]])).toEqual(KEPT);
  });
});

describe('guesses', () => {
  const wrong = (count: number, from: number, login: string): Scene =>
    Array.from({ length: count }, (_, index) => [
      proof(null),
      refused('wrong-code'),
      {
        login,
        at: from + index,
        answeredAt: from + index,
      },
    ]);

  it('are judged five times in a sign-in', () => {
    expect(check(wrong(5, 0, 'one'))).toEqual(KEPT);
    expect(check([...wrong(5, 0, 'one'), [proof(null), refused('attempts-exhausted')]])).toEqual(KEPT);
    expect(check(wrong(6, 0, 'one'))).toEqual(broken('guess-limit'));
  });

  it('count the accepted one', () => {
    const right = [proof('right'), {}, { login: 'one' }] as const;
    expect(check([...wrong(4, 0, 'one'), right])).toEqual(KEPT);
    expect(check([...wrong(5, 0, 'one'), right])).toEqual(broken('guess-limit'));
  });

  it('are judged ten times in a row over all sign-ins', () => {
    const ten = [...wrong(5, 0, 'one'), ...wrong(5, 5, 'two')];
    expect(check(ten)).toEqual(KEPT);
    expect(check([...ten, ...wrong(1, 10, 'three')])).toEqual(broken('guess-limit'));
  });

  it('count anew after a lock, a right code, a reset and an unlock', () => {
    const ten = [...wrong(5, 0, 'one'), ...wrong(5, 5, 'two')];
    expect(check([...ten, ...wrong(1, 1_800_010, 'three')])).toEqual(KEPT);
    for (const act of [proof('right'), { kind: 'unlock' }, { kind: 'reset' }] as const) {
      expect(check([...ten, [act, {}, { login: 'four' }], ...wrong(1, 10, 'three')])).toEqual(KEPT);
      expect(check([...ten, [act, UNKNOWN, { login: 'four' }], ...wrong(1, 10, 'three')])).toEqual(KEPT);
      expect(check([...ten, [act, refused('no'), { login: 'four' }], ...wrong(1, 10, 'three')])).toEqual(
        broken('guess-limit'),
      );
    }
  });

  it('of another person count for that person', () => {
    const others = wrong(5, 10, 'three').map(
      ([act, answer = {}, more]) => [act, answer, { ...more, person: 'mary' }] as const,
    );
    expect(check([...wrong(5, 0, 'one'), ...wrong(5, 5, 'two'), ...others])).toEqual(KEPT);
  });
});

describe('skips', () => {
  it('are accepted as often as the policy allows', () => {
    const skip = [{ kind: 'skip' }] as const;
    expect(check([skip, skip, skip, [{ kind: 'skip' }, refused('cannot-skip')]])).toEqual(KEPT);
    expect(check([skip, skip, skip, skip])).toEqual(broken('skip-limit'));
  });
});

describe('a session', () => {
  const other = { login: 'ada-b1-s1', browser: 'ada-b1' };
  const mary = { person: 'mary', browser: 'mary-b0', login: 'mary-b0-s1' };

  it('answers until it is ended', () => {
    expect(
      check([[PASSWORD], [proof('a')], [VISIT], [{ kind: 'sign-out' }], [VISIT, refused('no-session')]]),
    ).toEqual(KEPT);
  });

  it.each<[string, Act, Partial<Call>]>([
    ['its own sign-out', { kind: 'sign-out' }, {}],
    ['the end of all others', { kind: 'end-others' }, other],
    ['a removal that ends others', remove('app', true), other],
    ['an enrollment that ends others', enroll('app', { endsOthers: true }), other],
    ['the end of all', { kind: 'end-all' }, { login: null }],
    ['the end of all of the organization', { kind: 'end-organization' }, { login: null, person: 'mary' }],
    ['a reset', { kind: 'reset' }, { login: null }],
  ])('is caught when it answers after %s', (_what, end, by) => {
    expect(check([[PASSWORD], [VISIT], [end, {}, by], [VISIT]])).toEqual(broken('ended-session'));
    expect(check([[PASSWORD], [VISIT], [end, UNKNOWN, by], [VISIT]])).toEqual(KEPT);
    // The answer was on its way when the session ended.
    expect(check([[PASSWORD], [VISIT], [end, {}, { ...by, responded: 35 }], [VISIT]])).toEqual(KEPT);
  });

  it('that began after the end goes on', () => {
    const end = [{ kind: 'end-all' }, {}, { login: null }] as const;
    expect(check([end, [PASSWORD], [VISIT]])).toEqual(KEPT);
  });

  it('of somebody else, or of the one who ends the others, goes on', () => {
    expect(check([[PASSWORD], [VISIT], [{ kind: 'end-all' }, {}, mary], [VISIT]])).toEqual(KEPT);
    expect(check([[PASSWORD], [VISIT], [{ kind: 'end-others' }], [VISIT]])).toEqual(KEPT);
  });

  it('is caught when a login that was ended becomes one', () => {
    const end = [{ kind: 'end-all' }, {}, { login: null }] as const;
    expect(check([[PASSWORD], end, [proof('a')]])).toEqual(broken('ended-session'));
  });
});

describe('a confirmed factor', () => {
  it('is there until it is removed', () => {
    expect(check([[enroll('app')], [INSPECT, sees(['app'])]])).toEqual(KEPT);
    expect(check([[enroll('app')], [remove('app')], [INSPECT, sees([])]])).toEqual(KEPT);
    expect(check([[enroll('app')], [{ kind: 'reset' }, UNKNOWN], [INSPECT, sees([])]])).toEqual(KEPT);
  });

  it('is caught when it is gone', () => {
    expect(check([[enroll('app')], [INSPECT, sees([])]])).toEqual(broken('factor-lost'));
    expect(check([[enroll('app')], [remove('other')], [INSPECT, sees(['old'])]]).violations).toContain(
      'factor-lost',
    );
    expect(check([[enroll('app')], [PASSWORD, { withoutFactor: true }]])).toEqual(broken('factor-lost'));
  });

  it('is caught when its code is refused at the end', () => {
    const last: Act = {
      kind: 'proof',
      purpose: 'login',
      group: 'codes',
      proof: 'app at step 9',
      final: { factor: 'app' },
    };
    expect(check([[enroll('app')], [last]])).toEqual(KEPT);
    expect(check([[enroll('app')], [last, refused('wrong-code')]])).toEqual(broken('factor-lost'));
  });

  it('may be there or not after an answer that nobody got', () => {
    expect(
      check([
        [enroll('app'), UNKNOWN],
        [INSPECT, sees([])],
        [INSPECT, sees(['app'])],
      ]),
    ).toEqual(KEPT);
  });
});

describe('a factor that nobody confirmed', () => {
  it('is caught', () => {
    expect(check([[INSPECT, sees(['app'])]])).toEqual(broken('factor-back'));
    expect(
      check([
        [enroll('app'), refused('wrong-code')],
        [INSPECT, sees(['app'])],
      ]),
    ).toEqual(broken('factor-back'));
  });

  it('is caught when it comes back after its removal', () => {
    expect(check([[enroll('app')], [remove('app')], [INSPECT, sees(['app'])]])).toEqual(
      broken('factor-back'),
    );
    expect(check([[enroll('app')], [{ kind: 'reset' }], [INSPECT, sees(['app'])]])).toEqual(
      broken('factor-back'),
    );
    expect(check([[enroll('app')], [remove('app'), UNKNOWN], [INSPECT, sees(['app'])]])).toEqual(KEPT);
  });
});

describe('an enrollment', () => {
  it('is there as a whole, with its recovery codes', () => {
    expect(check([[enroll('app')], [INSPECT, sees(['app'], 9)]])).toEqual(broken('half-enrolled'));
    expect(check([[INSPECT, sees([], 10)]])).toEqual(broken('half-enrolled'));
  });

  it('has a code less for each that was used, or may have been', () => {
    const code: Act = { kind: 'proof', purpose: 'login', group: 'recovery-codes', proof: '1-AAAA' };
    expect(check([[enroll('app')], [code], [INSPECT, sees(['app'], 9)]])).toEqual(KEPT);
    expect(check([[enroll('app')], [code, UNKNOWN], [INSPECT, sees(['app'], 9)]])).toEqual(KEPT);
    expect(check([[enroll('app')], [code], [INSPECT, sees(['app'], 8)]])).toEqual(broken('half-enrolled'));
  });
});

describe('a policy', () => {
  const save = (revision: number): Act => ({ kind: 'save-policy', revision });
  const read = (revision: number) => [VISIT, { revision }] as const;

  it('that was saved holds from the next request', () => {
    expect(check([[save(1)], read(1), [save(2)], read(2)])).toEqual(KEPT);
    expect(check([[save(1)], [save(2)], read(1)])).toEqual(broken('old-policy'));
    expect(check([[save(1)], read(0)])).toEqual(broken('old-policy'));
  });

  it('may be any of those that were saved at the same time', () => {
    const both: Scene = [[save(1)], [save(2), {}, { invoked: 3, responded: 8 }]];
    expect(check([...both, read(1)])).toEqual(KEPT);
    expect(check([...both, read(2)])).toEqual(KEPT);
  });

  it('may be one whose save got no answer', () => {
    expect(check([[save(1)], [save(2), UNKNOWN], read(1), read(2), [save(3)], read(2)])).toEqual(KEPT);
  });

  it('may be the one before while the newer one is on its way', () => {
    expect(check([[save(1)], [save(2), {}, { responded: 35 }], read(1)])).toEqual(KEPT);
  });
});

describe('a failure', () => {
  it('is a 503 and never a 500', () => {
    expect(check([[VISIT, UNKNOWN]])).toEqual(KEPT);
    expect(check([[VISIT, { verdict: 'unknown', status: 500 }]])).toEqual(broken('internal-error'));
  });
});

describe('a failover', () => {
  const twice: Scene = [[proof('app at step 1')], [proof('app at step 1')]];
  const failover = { what: 'failover', losesWrites: true, from: 6, to: 8 };

  it('explains what was acknowledged before it and is not there after it', () => {
    expect(check(twice, [failover])).toEqual({ violations: [], lost: ['proof-once'] });
  });

  it('explains nothing that happened after it, and nothing that no lost write brings about', () => {
    expect(check(twice, [{ ...failover, from: -9, to: -5 }])).toEqual(broken('proof-once'));
    expect(check(twice, [{ ...failover, from: 20, to: 30 }])).toEqual(broken('proof-once'));
    expect(check([[INSPECT, sees(['app'], 3)]], [failover]).violations).toContain('half-enrolled');
  });

  it('is named if what it lost was acknowledged during it', () => {
    const early = { what: 'early', losesWrites: true, from: 1, to: 2 };
    const late = { what: 'late', losesWrites: true, from: 3, to: 8 };
    expect(play(twice, [early, late]).lost).toMatchObject([{ rule: 'proof-once', by: 'late' }]);
    expect(play(twice, [early]).lost).toMatchObject([{ rule: 'proof-once', by: 'early' }]);
  });

  it('is the only fault that does', () => {
    expect(check(twice, [{ ...failover, losesWrites: false }])).toEqual(broken('proof-once'));
  });
});
