import type { Guard } from './guard';

const recalled = ['tests/contract/redis-joined-reads.test.ts'];

/** What keeps a remembered answer from being taken for what Redis has now. */
export const RECALLED_READS: readonly Guard[] = [
  {
    name: 'Redis: only the same answer is called the same',
    file: 'src/stores/redis/joined-reads.ts',
    from: 'if answer == known then answer = 1 end',
    to: "if known ~= '?' then answer = 1 end",
    tests: recalled,
  },
  {
    name: 'Redis: an error is no answer that is remembered',
    file: 'src/stores/redis/joined-reads.ts',
    from: "if known ~= '' and not (type(answer) == 'table' and answer.err) then",
    to: "if known ~= '' then",
    tests: recalled,
  },
  {
    name: 'Redis: one read that fails is not answered',
    file: 'src/stores/redis/joined-reads.ts',
    from: 'else if (answer instanceof Error) read.fail(answer);\n',
    to: '',
    tests: recalled,
  },
  {
    name: 'Redis: what is absent is not false',
    file: 'src/stores/redis/read-answers.ts',
    from: 'return value === false ? null : value;',
    to: 'return value;',
    tests: recalled,
  },
  {
    name: 'Redis: a member is remembered for one organization',
    file: 'src/stores/redis/command.ts',
    from: "${read.args.join(' ')} ${read.view ?? ''}",
    to: "${read.args.join(' ')}",
    tests: recalled,
  },
  {
    name: 'Redis: nobody changes what others share',
    file: 'src/stores/redis/remembered-answers.ts',
    from: 'remembered.shared = freeze(value)',
    to: 'remembered.shared = value',
    tests: recalled,
  },
  {
    name: 'Redis: a server that takes no script across owners is asked for each read',
    file: 'src/stores/redis/command-batch.ts',
    from: 'else if (isRefusal(error)) this.#writeApart(reads, settle, isPassing(error));\n',
    to: '',
    tests: recalled,
  },
  {
    name: 'Redis: a script that was given up is not run again',
    file: 'src/stores/redis/command-batch.ts',
    from: 'if (isRefused) return;',
    to: '',
    tests: ['tests/contract/redis-traffic.test.ts'],
  },
  {
    name: 'Redis: reads stay in their place between writes',
    file: 'src/stores/redis/joined-reads.ts',
    from: 'reads = isRead ? run : undefined;',
    to: 'if (isRead) reads = run;',
    tests: recalled,
  },
];
