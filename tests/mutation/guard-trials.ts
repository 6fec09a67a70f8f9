import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './bench';
import { GUARDS } from './guards';
import type { Trial } from './trial';

/** Every guard whose name or file holds this, taken out. */
export function guardTrials(part: string): Trial[] {
  return GUARDS.filter(({ name, file }) => `${file} ${name}`.includes(part)).map((guard) => {
    const { name, file, from, to, tests } = guard;
    const original = readFileSync(join(ROOT, file), 'utf8');
    const [before, after, ...rest] = original.split(from);
    if (before === undefined || after === undefined || rest.length > 0)
      throw new Error(`${file} does not hold the guard "${name}" once.`);
    const line = before.split('\n').length;
    return {
      name: `${file}:${line} ${name}`,
      file,
      line,
      original,
      text: `${before}${to}${after}`,
      from,
      to,
      tests,
    };
  });
}
