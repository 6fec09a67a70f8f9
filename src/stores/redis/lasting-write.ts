import type { Argument, RedisCommands } from './command-batch';
import { defineScript } from './script';

/**
 * The key; its life in milliseconds; of each command how many words it has, and these without the key. One step, so that no key
 * is ever without an end. A key that already lives longer keeps its end.
 */
const WRITE = defineScript(`
local at = 2
while at <= #ARGV do
  local last = at + tonumber(ARGV[at])
  redis.call(ARGV[at + 1], KEYS[1], unpack(ARGV, at + 2, last))
  at = last + 1
end
if redis.call('PTTL', KEYS[1]) < tonumber(ARGV[1]) then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
`);

/** Commands on one key, which lives at least so long afterwards. Atomic. */
export async function writeLasting(
  redis: RedisCommands,
  key: string,
  lifeMs: number,
  commands: readonly (readonly [name: string, ...args: readonly Argument[]])[],
): Promise<void> {
  const words = commands.flatMap((command) => [command.length, ...command]);
  await redis.run(WRITE, { keys: [key], args: [Math.ceil(lifeMs), ...words] });
}
