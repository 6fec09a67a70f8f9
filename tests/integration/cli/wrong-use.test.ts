import { openCommandFolder, type CommandFolder } from '../../support/command-line';

const RESET = ['reset', '7', '--reason', 'Lost the phone'];

let folder: CommandFolder;
beforeAll(() => {
  folder = openCommandFolder();
});
afterAll(() => folder.remove());

describe('a command that is written wrongly', () => {
  it.each([
    ['no command', [], 'express-mfa COMMAND [options]'],
    ['an unknown command', ['rest', '7'], 'There is no command "rest". Write express-mfa reset.'],
    ['an unknown option', [...RESET, '--organisation', 'acme'], 'Write --organization, or leave it out.'],
    ['no reason', ['reset', '7'], "Write --reason 'The phone is lost; called back'."],
    ['a blank reason', ['unlock', '7', '--reason', ' '], '--reason: '],
    ['an option without its value', ['reset', '7', '--reason'], '--reason: true was passed.'],
    ['a value where none belongs', [...RESET, '--everywhere=yes'], '--everywhere: "yes" was passed.'],
    ['no person', ['status'], 'USER is missing. Write: express-mfa status 7'],
    [
      'a reason without quotes',
      ['reset', '7', '--reason', 'Lost', 'phone'],
      'Put text with spaces in quotes',
    ],
    ['a date that is none', ['exempt', '7', '--reason', 'Export', '--until', 'May'], '--until 2027-01-31'],
    ['no config file', RESET, 'There is no mfa.config.js, mfa.config.mjs, mfa.config.cjs in'],
    ['a config file that is not there', [...RESET, '--config', 'none.js'], 'There is no file'],
  ])('is refused with what to type: %s', async (_name, args, message) => {
    const answer = await folder.run(args);
    expect(answer).toMatchObject({ exitCode: 2, stdout: '' });
    expect(answer.stderr).toContain(message);
  });

  it('is refused as JSON, too', async () => {
    expect(await folder.runJson('reset', '7')).toEqual({
      exitCode: 2,
      json: {
        outcome: 'wrong-use',
        because: 'misconfigured',
        message: expect.stringContaining('--reason: it is missing.'),
      },
    });
  });
});

describe('help', () => {
  it('lists the commands, and the options of each', async () => {
    const all = await folder.run(['--help']);
    expect(all).toMatchObject({ exitCode: 0, stderr: '' });
    const names = [...all.stdout.matchAll(/^ {2}([a-z-]+) {2}/gm)].map(([, name]) => name ?? '');
    expect(names).toEqual(expect.arrayContaining(['check', 'reset', 'migrate']));
    const helps = await Promise.all(names.map((name) => folder.run([name, '--help'])));
    for (const [index, help] of helps.entries()) {
      expect(help).toMatchObject({ exitCode: 0, stderr: '' });
      expect(help.stdout).toContain(`express-mfa ${names[index]}`);
      expect(help.stdout).toContain('--config …');
      expect(help.stdout).toContain(`Example: express-mfa ${names[index]}`);
    }
  });
});

describe('the config file', () => {
  const MFA = `{
    members: { explain: async () => null },
    check: async () => ({ ok: true, findings: [] }),
    sessionsOf: () => ({}),
    close: async () => console.log('mfa closed'),
  }`;

  it.each([
    ['mfa.config.mjs', `export const mfa = ${MFA}; export const close = () => console.log('app closed');`],
    [
      'mfa.config.mjs',
      `export default async () => ({ mfa: ${MFA}, close: () => console.log('app closed') });`,
    ],
    ['mfa.config.js', `module.exports = { mfa: ${MFA}, close: () => console.log('app closed') };`],
    [
      'mfa.config.cjs',
      `exports.default = () => ({ mfa: ${MFA}, close: async () => console.log('app closed') });`,
    ],
  ])('exports mfa and how to close it: %s %s', async (name, text) => {
    const own = openCommandFolder();
    own.write(name, text);
    expect(await own.run(['check'])).toEqual({
      exitCode: 0,
      stdout: 'Everything is fine.\n',
      stderr: 'mfa closed\napp closed\n',
    });
    own.remove();
  });

  it('may keep connections open: the process ends', async () => {
    folder.write('open.mjs', `export default ${MFA};\nsetInterval(() => undefined, 1000);`);
    expect(await folder.run(['check', '--config', 'open.mjs'])).toMatchObject({ exitCode: 0 });
  });

  it('must export mfa', async () => {
    folder.write('empty.mjs', 'export default {};');
    const answer = await folder.run(['check', '--config', 'empty.mjs']);
    expect(answer.exitCode).toBe(2);
    expect(answer.stderr).toContain('does not export mfa. Write `export const mfa = createMfa({ … })`');
  });

  it('may fail, and no password of a connection is printed', async () => {
    folder.write('broken.mjs', "throw new Error('connect to postgres://app:s@cr/t@db/app failed');");
    for (const json of [[], ['--json']]) {
      const answer = await folder.run(['check', '--config', 'broken.mjs', ...json]);
      expect(answer.exitCode).toBe(1);
      expect(answer.stdout + answer.stderr).toContain('connect to postgres://…@db/app failed');
    }
  });

  it('prints no control characters of names', async () => {
    folder.write(
      'odd.mjs',
      `export default { ...${MFA}, members: { explain: async () => ({
        decision: { outcome: 'allow', because: '\\u001b[31mred\\u202e' }, verdicts: [] }) } };`,
    );
    const answer = await folder.run(['explain', '7', '--config', 'odd.mjs']);
    expect(answer.stdout).toContain('Decision: allow, \ufffd[31mred\ufffd\n');
  });
});
