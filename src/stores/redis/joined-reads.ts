import type { Argument, Command } from './command';
import { defineScript } from './script';
import { unreadable } from './store-errors';

/**
 * Several reads in one command. The keys; for each read its name, how many arguments follow, these, and the version of a document
 * that the caller has, behind `=`, or nothing. Where it is the current one, 1 comes in place of the document.
 */
export const READ_JOINED = defineScript(`
local answers, at = {}, 1
for i, key in ipairs(KEYS) do
  local count = tonumber(ARGV[at + 1])
  local known = ARGV[at + 2 + count]
  if known ~= '' and redis.pcall('HGET', key, ARGV[at + 2]) == string.sub(known, 2) then
    answers[i] = 1
  else
    answers[i] = redis.pcall(ARGV[at], key, unpack(ARGV, at + 2, at + 1 + count))
  end
  at = at + 3 + count
end
return answers
`);

/** Redis does nothing else meanwhile. */
export const MOST_JOINED = 50;

const READS: ReadonlySet<string> = new Set(['get', 'hget', 'hmget', 'hgetall']);

/** Consecutive reads together, so many at most; anything else by itself. */
export function toRuns(commands: readonly Command[], most: number): readonly (readonly Command[])[] {
  const runs: Command[][] = [];
  let reads: Command[] | undefined;
  for (const command of commands) {
    const isRead = READS.has(command.name);
    if (isRead && reads !== undefined && reads.length < most) {
      reads.push(command);
      continue;
    }
    const run = [command];
    runs.push(run);
    reads = isRead ? run : undefined;
  }
  return runs;
}

/** What follows the name of the script. */
export function joinedArguments(reads: readonly Command[]): readonly Argument[] {
  const keys: Argument[] = [reads.length];
  const words: Argument[] = [];
  for (const { name, args, known } of reads) {
    const [key = '', ...rest] = args;
    keys.push(key);
    words.push(name, rest.length, ...rest, known);
  }
  return [...keys, ...words];
}

export function answerEach(reads: readonly Command[], answers: unknown): void {
  const each: readonly unknown[] = Array.isArray(answers) ? answers : [];
  for (const [place, read] of reads.entries()) {
    const answer = each[place];
    if (answer === undefined) read.fail(unreadable('an answer to each read'));
    else if (answer instanceof Error) read.fail(answer);
    else read.answerJoined(answer);
  }
}
