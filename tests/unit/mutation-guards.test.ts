import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { GUARDS } from '../mutation/guards';

const root = join(__dirname, '..', '..');

describe('the guards that the mutation run takes out', () => {
  it.each(GUARDS.map(({ name, file, from }) => [name, file, from] as const))(
    'stand once where they are looked for: %s',
    (_name, file, from) => {
      expect(readFileSync(join(root, file), 'utf8').split(from)).toHaveLength(2);
    },
  );

  it('are shown by tests that there are', () => {
    for (const { tests } of GUARDS)
      for (const test of tests) expect(() => readFileSync(join(root, test))).not.toThrow();
  });
});
